# A dataset build: raw dumps in, Megatron datasets out.  Copy this file and change the first part.
#
#   make -f dataset.mk -j8                 build what is missing or out of date
#   make -f dataset.mk -j8                 after a kill, a power cut, a full disk: the same again
#   make -f dataset.mk -n                  what would be done;  V=1 says it while it is done
#   make -f dataset.mk -j256 RUN='srun -N1 -n1 -c8 --exclusive' J=8      on a cluster
#   make -f dataset.mk clean-wudao         forget one source, with all that came from it
#
# Every program writes its output under its name only when it is complete, so a file that is there
# is whole, and make needs no stamps and no locks.  What every stage counted is in ledger/, what it
# left out, with the reason, in rejects/.  The same inputs give the same bytes, for any -j.
#
#   raw file ─ ingest ─► docs/ ─ filters ─► clean/ ─┐ a shard each: as many at once as make's -j
#                                                   dedup ─► unique.jsonl.zst   one step over all
#   dataset/ ◄─ indexer ◄─ samples/ ◄─ chunker ◄─ tokens/ ◄─ by-source/ ◄─┘   a source each
#       └─ merge ─► dataset/corpus.{bin,idx,json,prov}

# ---- What to build: change this -------------------------------------------------------------
RAW   ?= samples/raw
OUT   ?= build/dataset
MODEL ?= samples/tokenizer.model
# Tokens of a sample.
N     ?= 1024

# The sources, in the order in which dedup reads them: of two copies the one that is read first is
# kept, so the best source comes first.  Names are letters, digits and underscores.
SOURCES ?= baike wudao zhwiki books enwiki arxiv gutenberg stackexchange code

# For each source: its files (or folders), each a shard of its own; what they are (weir ingest
# --list-sources); which filters they go through (weir filters --list-presets).
baike.raw         ?= $(RAW)/baike.jsonl
baike.from        ?= baike
baike.preset      ?= zh-web
wudao.raw         ?= $(RAW)/wudao.json
wudao.from        ?= wudao
wudao.preset      ?= zh-web
zhwiki.raw        ?= $(RAW)/zhwiki.xml
zhwiki.from       ?= wiki
zhwiki.preset     ?= zh-web
books.raw         ?= $(RAW)/books
books.from        ?= books
books.preset      ?= zh-web
enwiki.raw        ?= $(RAW)/enwiki.xml
enwiki.from       ?= wiki
enwiki.preset     ?= en-web
arxiv.raw         ?= $(RAW)/arxiv.jsonl
arxiv.from        ?= arxiv
arxiv.preset      ?= en-web
gutenberg.raw     ?= $(RAW)/gutenberg
gutenberg.from    ?= gutenberg
gutenberg.preset  ?= en-web
stackexchange.raw  ?= $(RAW)/stackexchange.xml
stackexchange.from ?= stackexchange
stackexchange.preset ?= en-web
code.raw          ?= $(RAW)/code.tar
code.from         ?= github
code.preset       ?= code

# ---- How to build it ------------------------------------------------------------------------
WEIR ?= weir
# Put before every program: empty here, srun on a cluster.
RUN  ?=
# Threads and memory of one program; make's -j says how many run at once.  The global step runs
# alone and may have more.
J    ?= 1
MEM  ?= 1G
GLOBAL_J   ?= 0
GLOBAL_MEM ?= 4G
# Options of single stages.
INGEST    ?=
FILTERS   ?=
DEDUP     ?=
TOKENIZE  ?=
CHUNKER   ?= --fill none
INDEXER   ?=

# ---- The rest is the plan -------------------------------------------------------------------
SHELL       := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
MAKEFLAGS   += -r -O
Q           := $(if $(V),,@)
.DELETE_ON_ERROR:
.SECONDARY:
all:

# A shard is SOURCE-FILE: wudao-part-00001.json.  shard.files says what it is made of.
shards = $(foreach f,$($(1).raw),$(1)-$(notdir $(f)))
SHARDS := $(foreach s,$(SOURCES),$(call shards,$(s)))
source_of = $(firstword $(subst -, ,$(1)))
define shard # SOURCE RAW
$(1)-$(notdir $(2)).input := $(2)
$(OUT)/docs/$(1)-$(notdir $(2)).docs.jsonl.zst: $(shell find -L $(2) -type f 2>/dev/null | LC_ALL=C sort)
endef
$(foreach s,$(SOURCES),$(foreach f,$($(s).raw),$(eval $(call shard,$(s),$(f)))))

# Options of every program, and where its account and its rejects go: stage, threads, memory.  The
# ledger is appended to, and a stage that runs again must not count twice.
ledger  = $(OUT)/ledger/$(*:%=%.)$(1).jsonl
rejects = $(OUT)/rejects/$(*:%=%.)$(1).jsonl.zst
begin   = @mkdir -p $(@D) $(OUT)/ledger $(OUT)/rejects; rm -f $(call ledger,$(1)); \
          echo '$(1) $(or $*,over all shards)'
common  = -j $(2) -m $(3) --ledger $(call ledger,$(1))
each    = $(call common,$(1),$(J),$(MEM))

$(OUT)/docs/%.docs.jsonl.zst:
	$(call begin,ingest)
	$(Q)$(RUN) $(WEIR) ingest --from $($(call source_of,$*).from) --source $(call source_of,$*) \
	    $(INGEST) $(call each,ingest) --rejects $(call rejects,ingest) -o $@ $($*.input)

$(OUT)/clean/%.clean.jsonl.zst: $(OUT)/docs/%.docs.jsonl.zst
	$(call begin,filters)
	$(Q)$(RUN) $(WEIR) filters --preset $($(call source_of,$*).preset) $(FILTERS) \
	    $(call each,filters) --rejects $(call rejects,filters) -o $@ $<

# The one step that must see everything: shards in the order of SHARDS, whatever was built first.
$(OUT)/unique.jsonl.zst: $(SHARDS:%=$(OUT)/clean/%.clean.jsonl.zst)
	$(call begin,dedup)
	$(Q)$(RUN) $(WEIR) dedup $(DEDUP) $(call common,dedup,$(GLOBAL_J),$(GLOBAL_MEM)) \
	    --rejects $(call rejects,dedup) -o $@ $^

# A source's documents are the lines that ingest gave its name; in a text the quotes have a
# backslash before them, so nothing else matches.
$(OUT)/by-source/%.jsonl.zst: $(OUT)/unique.jsonl.zst
	@mkdir -p $(@D)
	$(Q)zstd -dcq $< | { LC_ALL=C grep -F '"source":"$*"' || test $$? = 1; } | zstd -q >$@.tmp
	@mv $@.tmp $@

$(OUT)/tokens/%.tok.zst: $(OUT)/by-source/%.jsonl.zst $(MODEL)
	$(call begin,tokenize)
	$(Q)$(RUN) $(WEIR) tokenize --model $(MODEL) $(TOKENIZE) $(call each,tokenize) -o $@ $<

$(OUT)/samples/%.samples.zst: $(OUT)/tokens/%.tok.zst
	$(call begin,chunker)
	$(Q)$(RUN) $(WEIR) chunker -n $(N) $(CHUNKER) $(call each,chunker) -o $@ $<

# Four files; the manifest is the last to appear.
$(OUT)/dataset/%.json: $(OUT)/samples/%.samples.zst
	$(call begin,indexer)
	$(Q)$(RUN) $(WEIR) indexer $(INDEXER) $(call each,indexer) -o $(@:.json=) $<

$(OUT)/dataset/corpus.json: $(SOURCES:%=$(OUT)/dataset/%.json)
	@echo 'merge into corpus'
	$(Q)$(RUN) $(WEIR) indexer merge $(^:.json=) -o $(@:.json=)

# Everything a reader trusts, in every dataset; then the account over all stages.
$(OUT)/check.txt: $(OUT)/dataset/corpus.json
	$(Q)for d in $(SOURCES) corpus; do $(RUN) $(WEIR) indexer check -q $(OUT)/dataset/$$d; done >$@.tmp
	@mv $@.tmp $@

LEDGERS = $(SHARDS:%=$(OUT)/ledger/%.ingest.jsonl) $(SHARDS:%=$(OUT)/ledger/%.filters.jsonl) \
    $(OUT)/ledger/dedup.jsonl $(SOURCES:%=$(OUT)/ledger/%.tokenize.jsonl) \
    $(SOURCES:%=$(OUT)/ledger/%.chunker.jsonl) $(SOURCES:%=$(OUT)/ledger/%.indexer.jsonl)
$(OUT)/audit.txt: $(OUT)/check.txt
	$(Q)$(WEIR) audit $(LEDGERS) >$@.tmp
	@mv $@.tmp $@

all: $(OUT)/audit.txt
clean-%:
	rm -f $(OUT)/{docs,clean}/$*-* $(OUT)/{by-source,tokens,samples,dataset}/$*.*
clean:
	rm -rf $(OUT)
.PHONY: all clean
