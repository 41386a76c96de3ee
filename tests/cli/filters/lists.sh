# Every rule of every preset is in the list of rules.
weir filters --list-rules >rules
weir filters --list-presets | sed -n 's/^\t\([^=:]*\).*/\1/p' | sort -u >used
cut -f 1 rules | sort >known
comm -23 used known
weir filters --list-presets | grep -v '^	' | cut -f 1
