# make demo, make demo-large: the main job on the texts in samples/, on real text from Debian packages.
# Included by the Makefile; the builds themselves are samples/dataset.mk and samples/large.mk.
DEMO := $(BUILD)/demo
LARGE := $(BUILD)/demo-large
# As many programs at once as there are processors, unless make was given a -j.
DEMO_J = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
DEMO_MAKE = $(MAKE) --no-print-directory -s $(DEMO_J) MODEL=samples/tokenizer.model WEIR=$(BUILD)/bin/weir

demo:
	+@$(MAKE) --no-print-directory $(DEMO_J) all
	+@$(DEMO_MAKE) -f samples/dataset.mk OUT=$(DEMO)
	@sh samples/report.sh $(BUILD)/bin/weir $(DEMO)

demo-large:
	+@$(MAKE) --no-print-directory $(DEMO_J) all
	@sh samples/fetch-large.sh $(LARGE)
	+@$(DEMO_MAKE) -f samples/large.mk LARGE=$(LARGE)
	@sh samples/report.sh $(BUILD)/bin/weir $(LARGE)
