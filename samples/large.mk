# The build of "make demo-large": dataset.mk with other sources.  A copy of dataset.mk would begin so.
RAW          := $(LARGE)/raw
OUT          := $(LARGE)
zh.sources   := docs_zh man_zh help_zh
en.sources   := docs_en man_en
code.sources := github

# Manuals: much of a Chinese page is commands, and many words of an English one are no words.
zh.filters   := --rule han-min=0.15
en.filters   := --rule alphabetic-words-min=0.6

docs_zh.from := text
man_zh.from  := text
help_zh.from := text
docs_en.from := text
man_en.from  := text
github.raw   := $(RAW)/code
# Every folder below raw/SOURCE is a shard.
$(foreach s,$(zh.sources) $(en.sources),$(eval $(s).raw := $(sort $(wildcard $(RAW)/$(s)/*))))

include samples/dataset.mk
