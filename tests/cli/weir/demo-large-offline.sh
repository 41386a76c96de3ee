# Without a network make demo-large ends with a clear word, and leaves nothing that a later run would trust.
mkdir bin
cat >bin/apt-get <<'X'
#!/bin/sh
echo "E: Temporary failure resolving 'deb.example.org'" >&2
exit 100
X
printf '#!/bin/sh\nexit 0\n' >bin/man
cp bin/man bin/dpkg
chmod +x bin/*
PATH=$PWD/bin:$PATH
sh "$SRC/samples/fetch-large.sh" large || echo "exit $?"
[ -e large/raw ] || echo "no raw"
