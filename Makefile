# One Makefile, no recursion.  Rule of the tree: FOLDER/NAME_main.c is the program weir-NAME, every
# other source file in lib/ and the stage folders goes into libweir, in infer/ into libweirinfer (so
# that programs for data never link CUDA), tests/unit/*_test.c are tests.
.DELETE_ON_ERROR:
MAKEFLAGS += -r
.DEFAULT_GOAL := all
SHELL := /bin/sh

VERSION  := $(shell cat VERSION)
PREFIX   ?= /usr/local
BUILD    ?= build
CFLAGS   ?= -O3 -g
CXXFLAGS ?= -O3 -g
CLANG    ?= clang
NVCC     ?= $(firstword $(wildcard /usr/local/cuda/bin/nvcc) $(shell command -v nvcc 2>/dev/null))
CUDA     ?= $(if $(NVCC),1,0)
# Never "native": that needs a GPU where the build runs.  PTX of the last one is for what comes later.
CUDA_ARCH ?= -gencode arch=compute_80,code=sm_80 -gencode arch=compute_90,code=sm_90 \
             -gencode arch=compute_90,code=compute_90
FUZZ_TIME ?= 60
WARN     := -Wall -Wextra -Wshadow -Wwrite-strings -Wvla
CWARN    := $(WARN) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
-include config.mk # local overrides, never tracked

STAGES := ingest filters dedup tokenize chunker indexer kg2instruction audit
DIRS   := lib $(STAGES)
INFER  := infer

# What the libraries' packages say.  make makes this file first and reads it again; the goals for
# newcomers install what is missing, all others name it and end.
INSTALLING := $(filter demo demo-large test deps,$(MAKECMDGOALS))
ifneq (,$(filter-out help clean format lint,$(or $(MAKECMDGOALS),all)))
include $(BUILD)/deps.mk
endif
$(BUILD)/deps.mk: tools/setup.sh
	@sh tools/setup.sh $@ $(if $(INSTALLING),install,check)

# User variables (CFLAGS, LDFLAGS …) stay the user's; ours are ALL_*, so that "make LDFLAGS=…" cannot
# drop what the build needs.
ALL_CPPFLAGS = -Iinclude -I. -I$(BUILD) -D_GNU_SOURCE $(DEP_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 -fsigned-char $(CWARN) -fPIC -fvisibility=hidden $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(filter-out -Wshadow,$(WARN)) -fPIC -fvisibility=hidden $(CXXFLAGS)
NVCCFLAGS    = -O3 -std=c++17 -Xcompiler -Wall,-Wextra,-fPIC,-fvisibility=hidden
ALL_LDFLAGS  = -Wl,--as-needed -pthread $(LDFLAGS)
ALL_LIBS     = $(DEP_LIBS) -lm
# The runtime is linked in, the driver is found when a program starts: it runs where there is none.
CUDA_LIBS    = $(if $(filter 1,$(CUDA)),-L$(dir $(NVCC))../lib64 -L$(dir $(NVCC))../lib -lcudart_static -ldl -lrt)

all:

# Two stamps, rewritten only when their text changes: what this build is, and how it is compiled.
# A version passed with -D would recompile the whole tree; a flag change must.
CONFIG := \#define WEIR_VERSION "$(VERSION)"\n\#define WEIR_FEATURES "$(DEP_FOUND)$(if $(filter 1,$(CUDA)), cuda)"\n\#define WEIR_HAVE_CUDA $(if $(filter 1,$(CUDA)),1,0)\n
FLAGS   = $(CC) $(CXX) $(if $(filter 1,$(CUDA)),$(NVCC) $(CUDA_ARCH)) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS) $(DEP_CFLAGS)\n
update  = @mkdir -p $(@D); printf '$(1)' >$@.tmp; \
          if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi
$(BUILD)/weir_config.h: FORCE ; $(call update,$(CONFIG))
$(BUILD)/.flags: FORCE ; $(call update,$(FLAGS))

SRCS  := $(filter-out %_main.c,$(wildcard $(DIRS:%=%/*.c) $(DIRS:%=%/*.cpp)))
OBJS  := $(SRCS:%=$(BUILD)/%.o)
INFER_SRCS := $(filter-out %_main.c,$(wildcard $(INFER:%=%/*.c) $(if $(filter 1,$(CUDA)),$(INFER:%=%/cuda/*.cu))))
INFER_OBJS := $(INFER_SRCS:%=$(BUILD)/%.o)
MAINS := $(wildcard $(DIRS:%=%/*_main.c) $(INFER:%=%/*_main.c))
progname = $(patsubst weir-weir,weir,weir-$(patsubst %_main.c,%,$(notdir $(1))))
PROGS := $(foreach m,$(MAINS),$(BUILD)/bin/$(call progname,$(m)))
TESTS := $(patsubst tests/unit/%,$(BUILD)/tests/%,$(basename $(wildcard tests/unit/*_test.c tests/unit/*_test.cpp)))
REPLAYS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%_replay,$(wildcard tests/fuzz/*_fuzz.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
MANS  := $(patsubst docs/man/%.in,$(BUILD)/man/%,$(wildcard docs/man/*.1.in))

all: $(PROGS) $(BUILD)/libweir.so $(MANS)

# Pages, or parts of them, as C arrays.
$(BUILD)/serve_page.h: PAGE = infer/page/page.html
$(BUILD)/audit_head.h: PAGE = audit/page/head.html
$(BUILD)/audit_live.h: PAGE = audit/page/live.html
PAGES := $(addprefix $(BUILD)/,serve_page.h audit_head.h audit_live.h)
$(PAGES): $(BUILD)/%.h: tools/page.sh $(wildcard infer/page/* audit/page/*)
	@mkdir -p $(@D)
	sh tools/page.sh $* $(PAGE) >$@.tmp && mv $@.tmp $@
$(BUILD)/infer/serve.c.o $(BUILD)/audit/audit_html.c.o: | $(PAGES)

$(BUILD)/%.c.o: %.c $(BUILD)/.flags | $(BUILD)/weir_config.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/%.cpp.o: %.cpp $(BUILD)/.flags | $(BUILD)/weir_config.h
	@mkdir -p $(@D)
	$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.cu.o: %.cu $(BUILD)/.flags | $(BUILD)/weir_config.h
	@mkdir -p $(@D)
	$(filter %ccache,$(firstword $(CC))) $(NVCC) $(ALL_CPPFLAGS) $(NVCCFLAGS) $(CUDA_ARCH) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<

$(BUILD)/libweir.a: $(OBJS)
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/libweir.so: $(OBJS) tools/libweir.map
	$(CXX) -shared -Wl,-soname,libweir.so.0 -Wl,--version-script=tools/libweir.map $(ALL_LDFLAGS) \
	    -o $@ $(OBJS) $(ALL_LIBS)

$(BUILD)/libweirinfer.a: $(INFER_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^
libs = $(if $(filter infer/%,$(1)),$(BUILD)/libweirinfer.a) $(BUILD)/libweir.a
define prog
$(BUILD)/bin/$(call progname,$(1)): $(BUILD)/$(1).o $(call libs,$(1))
	@mkdir -p $$(@D)
	$$(CXX) $$(ALL_LDFLAGS) -o $$@ $$^ $$(ALL_LIBS) $(if $(filter infer/%,$(1)),$$(CUDA_LIBS))
endef
$(foreach m,$(MAINS),$(eval $(call prog,$(m))))

$(BUILD)/tests/%_test: $(BUILD)/tests/unit/%_test.c.o $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)
$(BUILD)/tests/%_test: $(BUILD)/tests/unit/%_test.cpp.o $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)
$(BUILD)/tests/%_fuzz_replay: $(BUILD)/tests/fuzz/%_fuzz.c.o $(BUILD)/tests/fuzz/replay.c.o $(BUILD)/libweirinfer.a \
                             $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)
$(BUILD)/fuzz/%_fuzz: $(BUILD)/tests/fuzz/%_fuzz.c.o $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)

# Man pages: prose by hand, OPTIONS from the program's own table.
$(BUILD)/man/%.1: docs/man/%.1.in tools/man.sh $(PROGS)
	@mkdir -p $(@D)
	sh tools/man.sh $< $(BUILD)/bin/$* >$@.tmp && mv $@.tmp $@
man: $(MANS)

test check: all $(TESTS) $(REPLAYS) $(BUILD)/tests/tok_diff $(BUILD)/tests/dedup_quality $(BUILD)/tests/infer_ask $(BUILD)/tests/http_ask $(BUILD)/tests/http_load
	@BUILD=$(abspath $(BUILD)) sh tests/run.sh $(ONLY)

# Comparisons with other projects, from the package index.
cross: all $(BUILD)/tests/infer_ask
	@CROSS=1 BUILD=$(abspath $(BUILD)) sh tests/run.sh cross/

SAN = CC="$(CC)" CXX="$(CXX)"
asan:
	+$(MAKE) BUILD=build-asan CUDA=0 LDFLAGS="-fsanitize=address,undefined" \
	    CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined" \
	    CXXFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined" check
tsan:
	+$(MAKE) BUILD=build-tsan CUDA=0 LDFLAGS="-fsanitize=thread" CFLAGS="-O1 -g -fsanitize=thread" \
	    CXXFLAGS="-O1 -g -fsanitize=thread" check
fuzz:
	+$(MAKE) BUILD=build-fuzz CUDA=0 CC=$(CLANG) CXX=$(CLANG)++ LDFLAGS="-fsanitize=address" \
	    CFLAGS="-O1 -g -fsanitize=address,fuzzer-no-link" \
	    CXXFLAGS="-O1 -g -fsanitize=address,fuzzer-no-link" fuzz-run
fuzz-run: $(FUZZERS)
	@FUZZ_TIME=$(FUZZ_TIME) sh tests/fuzz/run.sh $(FUZZERS)

# N random strings (100000 without) through every tokenizer and its reference.
$(BUILD)/tests/tok_diff $(BUILD)/tests/dedup_quality: $(BUILD)/tests/%: $(BUILD)/tests/diff/%.c.o $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
$(BUILD)/tests/http_%: $(BUILD)/tests/http/http_%.c.o $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
$(BUILD)/tests/infer_ask: $(BUILD)/tests/diff/infer_ask.c.o $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	@mkdir -p $(@D)
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)
diff: all $(BUILD)/tests/tok_diff
	@BUILD=$(abspath $(BUILD)) sh tests/diff/run.sh $(N)
diff-texts: all
	@BUILD=$(abspath $(BUILD)) sh tests/diff/texts.sh $(ONLY)

$(BUILD)/bench/infer_gpu_bench: $(BUILD)/bench/infer_gpu_bench.c.o $(BUILD)/bench/gpu_read.cu.o \
                                $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(CUDA_LIBS)
$(BUILD)/bench/%: $(BUILD)/bench/%.c.o $(BUILD)/libweir.a
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
$(BUILD)/bench/infer_bench: $(BUILD)/bench/infer_bench.c.o $(BUILD)/libweirinfer.a $(BUILD)/libweir.a
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
bench-infer: $(BUILD)/bench/infer_bench
	@BUILD=$(abspath $(BUILD)) sh bench/infer.sh
bench: all $(BUILD)/bench/dedup_bench $(BUILD)/bench/ann_bench $(BUILD)/bench/tok_bench $(BUILD)/bench/tokens_make $(BUILD)/bench/kg_make
	@BUILD=$(abspath $(BUILD)) sh bench/run.sh
# Peak memory of infer's commands on weights, on files of the shape of LLaMA-13B: 27 GB, minutes.
bench-weights: all
	@python3 bench/weights.py $(BUILD)/bin/weir
# Every architecture that the toolkit knows, each warning an error; nothing of it is kept.
cuda-all:
	@mkdir -p $(BUILD)
	$(NVCC) $(ALL_CPPFLAGS) $(NVCCFLAGS) -arch=all --threads 0 -Werror all-warnings -Xcompiler -Werror \
	    -c -o $(BUILD)/cuda-all.o infer/cuda/cuda_backend.cu
	@rm $(BUILD)/cuda-all.o
# Clients of weir infer serve: 1, 8 and 64, then 1,000 for a minute.  MODEL=FOLDER: that model.
bench-serve: all $(BUILD)/tests/http_ask $(BUILD)/tests/http_load
	@BUILD=$(abspath $(BUILD)) SRC=$(CURDIR) MODEL=$(MODEL) sh bench/serve.sh
# What near-duplicate detection finds, against all pairs of 20,000 documents and on labelled pairs: minutes.
quality: all $(BUILD)/tests/dedup_quality
	@BUILD=$(abspath $(BUILD)) N=20000 sh tests/diff/dedup_quality.sh
lint:
	@sh tests/lint.sh
format:
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cpp' '*.cu')
deps: $(BUILD)/deps.mk

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/weir \
	    $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(BUILD)/libweir.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(BUILD)/libweir.so $(DESTDIR)$(PREFIX)/lib/libweir.so.0
	ln -sf libweir.so.0 $(DESTDIR)$(PREFIX)/lib/libweir.so
	install -m 644 include/weir/*.h $(DESTDIR)$(PREFIX)/include/weir
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(ALL_LIBS)|' tools/weir.pc.in \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/weir.pc
	install -m 644 $(MANS) $(DESTDIR)$(PREFIX)/share/man/man1

help:
	@echo "make [all]        programs in $(BUILD)/bin, library, man pages"
	@echo "make demo         install what is missing, build, run the main job on samples/"
	@echo "make demo-large   the same on real text from Debian packages"
	@echo "make test         all tests;  ONLY=WORD those whose name holds WORD"
	@echo "make cross        tests against other projects; installs those in $(BUILD) from the package index"
	@echo "make asan tsan    the tests under sanitizers;  make fuzz  FUZZ_TIME=$(FUZZ_TIME)"
	@echo "make diff         random strings: every tokenizer against its reference;  N=COUNT  SEED=K"
	@echo "make diff-texts   all shared texts: every tokenizer against its reference"
	@echo "make bench bench-infer bench-serve bench-weights quality lint format man install clean"
	@echo "variables         BUILD=$(BUILD) PREFIX=$(PREFIX) CC=$(CC) CFLAGS='$(CFLAGS)'"
	@echo "CUDA              $(if $(NVCC),$(NVCC),no nvcc found), CUDA=$(CUDA) CUDA_ARCH='$(strip $(CUDA_ARCH))';"
	@echo "                  make cuda-all compiles for all architectures"
	@if [ -e $(BUILD)/deps.mk ]; then \
	    sed -n 's/^DEP_FOUND += /found             /p' $(BUILD)/deps.mk; \
	else echo "found             nothing looked for yet: make deps"; fi
clean:
	rm -rf build build-asan build-tsan build-fuzz
FORCE:
.PHONY: all man test check cuda-all cross asan tsan fuzz fuzz-run diff diff-texts bench bench-infer bench-serve bench-weights lint format deps install help clean \
        demo demo-large FORCE
.SECONDARY:
-include samples/demo.mk
-include $(OBJS:.o=.d) $(INFER_OBJS:.o=.d) $(MAINS:%=$(BUILD)/%.d) $(wildcard $(BUILD)/tests/*/*.d)
