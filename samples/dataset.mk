# A dataset build: raw dumps in, Megatron datasets out.  Copy this file and change the first part.
#
#   make -f dataset.mk -j8            build what is missing or out of date
#   make -f dataset.mk -j8            after a kill, a power cut, a full disk: the same again
#   make -f dataset.mk -n             what would be done;  V=1 says it while it is done
#   make -f dataset.mk -k -j256 RUN='srun -Q -N1 -n1 -c8' J=8       on a cluster: docs/cluster.md
#
# Every program writes its output under its name only when it is complete, so a file that is there
# is whole, and make needs no stamps and no locks.  What is older than what it is made from is made
# again, and what is not there: after a change of options delete the folder of that stage.  What
# every stage counted is in ledger/, what it left out, with the reason, in rejects/.  The same
# inputs give the same bytes, for any -j.
#
#   raw file ─ ingest ─► docs/ ─ filters ─► clean/        a shard each, as many at once as -j says
#   clean/ ─ dedup sign ─► sig/                                                   a shard each
#                 a group's shards ─ dedup match ─► match/      some of the bands each
#                 a group's shards ─ dedup cluster ─► verdict/     the one step that sees all
#   clean/ ─ dedup apply ─► unique/ ─ tokenize ─► tokens/ ─ chunker ─► samples/   a shard each
#                 a group's shards ─ indexer ─► dataset/GROUP.*
#                 all groups ─ merge ─► dataset/corpus.{bin,idx,json,prov}

# ---- What to build: change this -------------------------------------------------------------
RAW   ?= samples/raw
OUT   ?= build/dataset
MODEL ?= samples/tokenizer.model
# Tokens of a sample.
N     ?= 1024

# A group becomes a dataset: texts that have the same filters and that can be copies of each other.
# Its sources are in the order in which dedup reads them: of two copies the one that is read first
# is kept, so the best source comes first.  Presets: weir filters --list-presets.  A group may have
# further rules of its own: zh.filters = --rule chars-min=200.
GROUPS       ?= zh en code
zh.sources   ?= baike wudao zhwiki books
zh.preset    ?= zh-web
en.sources   ?= enwiki arxiv gutenberg stackexchange
en.preset    ?= en-web
code.sources ?= github
code.preset  ?= code

# A source: what it is (weir ingest --list-sources), and its files or folders, each of them a shard.
# Names are letters, digits and underscores; no two files of a source have the same name.
baike.from         ?= baike
baike.raw          ?= $(RAW)/baike.jsonl
wudao.from         ?= wudao
wudao.raw          ?= $(RAW)/wudao.json
zhwiki.from        ?= wiki
zhwiki.raw         ?= $(RAW)/zhwiki.xml
books.from         ?= books
books.raw          ?= $(RAW)/books
enwiki.from        ?= wiki
enwiki.raw         ?= $(RAW)/enwiki.xml
arxiv.from         ?= arxiv
arxiv.raw          ?= $(RAW)/arxiv.jsonl
gutenberg.from     ?= gutenberg
gutenberg.raw      ?= $(RAW)/gutenberg
stackexchange.from ?= stackexchange
stackexchange.raw  ?= $(RAW)/stackexchange.xml
github.from        ?= github
github.raw         ?= $(RAW)/code.tar

# ---- How to build it ------------------------------------------------------------------------
WEIR ?= weir
# Put before every program: empty here, srun on a cluster.
RUN  ?=
# Threads and memory of one program; make's -j says how many programs run at once.
J    ?= 1
MEM  ?= 1G
# Memory of the dedup steps over a whole group; they finish within any, faster with more.
DEDUP_MEM ?= 4G
# Which bands each dedup match looks at, as many programs as there are ranges.  weir dedup --plan says
# how many bands there are; 0 is the table of exact duplicates.
BANDS     ?= 0-3 4-6 7-9
# Further options of single stages.
INGEST   ?=
FILTERS  ?=
DEDUP    ?=
TOKENIZE ?=
CHUNKER  ?= --fill none
INDEXER  ?=

# ---- The rest is the plan -------------------------------------------------------------------
SHELL       := /bin/sh
MAKEFLAGS   += -r -O
Q           := $(if $(V),,@)
.DELETE_ON_ERROR:
all:

# A shard is SOURCE-FILE: wudao-part-00001.json.  Its documents are made from that file, or from all
# files below that folder.
shards_of = $(foreach s,$($(1).sources),$(foreach f,$($(s).raw),$(s)-$(notdir $(f))))
source_of = $(firstword $(subst -, ,$(1)))
files_in  = $(shell find -L $(1) -type f 2>/dev/null | LC_ALL=C sort)
SHARDS   := $(foreach g,$(GROUPS),$(call shards_of,$(g)))
define shard # GROUP SOURCE RAW
$(2)-$(notdir $(3)).input := $(3)
$(2)-$(notdir $(3)).filters := --preset $($(1).preset) $($(1).filters)
$(OUT)/docs/$(2)-$(notdir $(3)).docs.jsonl.zst: $(call files_in,$(3))
endef
define group # GROUP
$(1).sigs := $(patsubst %,$(OUT)/sig/%.sig,$(call shards_of,$(1)))
$(1).matches := $(BANDS:%=$(OUT)/match/$(1).%.match)
$$($(1).matches): $$($(1).sigs)
$(OUT)/dataset/$(1).json: $(patsubst %,$(OUT)/samples/%.samples.zst,$(call shards_of,$(1)))
# One run writes all of these.
$(OUT)/verdict/$(1).jsonl $(patsubst %,$(OUT)/verdict/%.verdict,$(call shards_of,$(1))) &: \
    $$($(1).sigs) $$($(1).matches)
	@mkdir -p $(OUT)/verdict; echo 'cluster $(1)'
	$$(Q)$$(RUN) $$(WEIR) dedup cluster -j $$(J) -m $$(DEDUP_MEM) $$($(1).matches:%=--match %) \
	    --verdicts $(OUT)/verdict -o $(OUT)/verdict/$(1).jsonl $$($(1).sigs)
endef
$(foreach g,$(GROUPS),$(foreach s,$($(g).sources),$(foreach f,$($(s).raw),\
    $(eval $(call shard,$(g),$(s),$(f))))))
$(foreach g,$(GROUPS),$(eval $(call group,$(g))))

# A program's ledger is appended to, so a stage that runs again begins a new one.
ledger  = $(OUT)/ledger/$*.$(1).jsonl
rejects = --rejects $(OUT)/rejects/$*.$(1).jsonl.zst
begin   = @mkdir -p $(@D) $(OUT)/ledger $(OUT)/rejects; rm -f $(ledger); echo '$(1) $*'
common  = -j $(J) -m $(MEM) --ledger $(ledger)

$(OUT)/docs/%.docs.jsonl.zst:
	$(call begin,ingest)
	$(Q)$(RUN) $(WEIR) ingest --from $($(call source_of,$*).from) --source $(call source_of,$*) \
	    $(INGEST) $(call common,ingest) $(call rejects,ingest) -o $@ $($*.input)

$(OUT)/clean/%.clean.jsonl.zst: $(OUT)/docs/%.docs.jsonl.zst
	$(call begin,filters)
	$(Q)$(RUN) $(WEIR) filters $($*.filters) $(FILTERS) \
	    $(call common,filters) $(call rejects,filters) -o $@ $<

# Dedup: shards in the order in which they are listed above, whatever was built first.
$(OUT)/sig/%.sig: $(OUT)/clean/%.clean.jsonl.zst
	@mkdir -p $(@D); echo 'sign $*'
	$(Q)$(RUN) $(WEIR) dedup sign $(DEDUP) -j $(J) -m $(MEM) -o $@ $<

$(OUT)/match/%.match:
	@mkdir -p $(@D); echo 'match $*'
	$(Q)$(RUN) $(WEIR) dedup match -j $(J) -m $(DEDUP_MEM) --bands $(lastword $(subst ., ,$*)) -o $@ $^

$(OUT)/unique/%.jsonl.zst: $(OUT)/clean/%.clean.jsonl.zst $(OUT)/verdict/%.verdict
	$(call begin,dedup)
	$(Q)$(RUN) $(WEIR) dedup apply --verdict $(OUT)/verdict/$*.verdict \
	    $(call common,dedup) $(call rejects,dedup) -o $@ $<

$(OUT)/tokens/%.tok.zst: $(OUT)/unique/%.jsonl.zst $(MODEL)
	$(call begin,tokenize)
	$(Q)$(RUN) $(WEIR) tokenize --model $(MODEL) $(TOKENIZE) $(call common,tokenize) -o $@ $<

$(OUT)/samples/%.samples.zst: $(OUT)/tokens/%.tok.zst
	$(call begin,chunker)
	$(Q)$(RUN) $(WEIR) chunker -n $(N) $(CHUNKER) $(call common,chunker) -o $@ $<

# Four files; the manifest is the last to appear.
$(GROUPS:%=$(OUT)/dataset/%.json): $(OUT)/dataset/%.json:
	$(call begin,indexer)
	$(Q)$(RUN) $(WEIR) indexer $(INDEXER) $(call common,indexer) -o $(@:.json=) $^

$(OUT)/dataset/corpus.json: $(GROUPS:%=$(OUT)/dataset/%.json)
	@echo 'merge $(GROUPS)'
	$(Q)$(RUN) $(WEIR) indexer merge -m $(MEM) -o $(@:.json=) $(^:.json=)

# Everything that a reader of the datasets trusts; then the account over all stages.
$(OUT)/check.txt: $(OUT)/dataset/corpus.json
	@echo 'check $(GROUPS) corpus'
	$(Q)$(RUN) $(WEIR) indexer check -q $(GROUPS:%=$(OUT)/dataset/%) $(OUT)/dataset/corpus >$@.tmp
	@mv $@.tmp $@

LEDGERS = $(foreach stage,ingest filters dedup tokenize chunker,\
    $(SHARDS:%=$(OUT)/ledger/%.$(stage).jsonl)) $(GROUPS:%=$(OUT)/ledger/%.indexer.jsonl)
$(OUT)/audit.txt: $(OUT)/check.txt
	$(Q)$(WEIR) audit -q $(LEDGERS) >$@.tmp
	@mv $@.tmp $@

# Files that only patterns name would be deleted at the end.
all: $(SHARDS:%=$(OUT)/clean/%.clean.jsonl.zst) $(SHARDS:%=$(OUT)/sig/%.sig) \
    $(SHARDS:%=$(OUT)/unique/%.jsonl.zst) $(SHARDS:%=$(OUT)/tokens/%.tok.zst) $(OUT)/audit.txt
clean:
	rm -rf $(OUT)
.PHONY: all clean
