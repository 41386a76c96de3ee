/* The indexer: samples into a dataset that training reads, and what is done with datasets
 * afterwards.  A dataset is NAME.bin and NAME.idx (Megatron's or KnowLM's), NAME.json (manifest)
 * and NAME.prov (provenance): docs/formats.md. */
#ifndef WEIR_INDEXER_H
#define WEIR_INDEXER_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WEIR_UNIT_CHUNK, WEIR_UNIT_DOCUMENT };
enum { WEIR_FORMAT_MEGATRON, WEIR_FORMAT_KNOWLM };

struct weir_indexer_opt {
    int unit;       // WEIR_UNIT_…: what becomes one sequence
    int format;     // WEIR_FORMAT_…
    int compat;     // 1: KnowLM's files from KnowLM's pieces
    int64_t pad;    // fills sequences up to length; -1: no padding
    int64_t eod;    // put behind the last sequence of a document; -1: nothing
    int64_t length; // tokens of a padded sequence; 0: the stream's longest sample
};

WEIR_API void weir_indexer_opt_init(void *opt);
/* Writes the job's token stream as the dataset named job->output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_run(const struct weir_indexer_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

struct weir_indexer_merge_opt {
    const char *types; // KnowLM: the type of each dataset, "0,0,1"; NULL: all one type
};

/* Writes the datasets named job->inputs, in that order, as the one named job->output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_merge_run(const struct weir_indexer_merge_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

enum { WEIR_MIX_SHUFFLE, WEIR_MIX_INTERLEAVED, WEIR_MIX_SEQUENTIAL, WEIR_MIX_BATCHES };

struct weir_indexer_mix_opt {
    struct weir_strings takes; // lines of a spec: "corpus/zh weight 3"
    int order;                 // WEIR_MIX_…
    int64_t tokens;            // of all that has a weight; 0: what the spec says
    int whole;                 // samples are not cut, budgets are met from below
    int plan;                  // print what would be done
};

WEIR_API void weir_indexer_mix_opt_init(void *opt);
/* Writes what the spec job->inputs[0] (none: opt->takes alone) says as the dataset job->output, in
 * an order that job->seed decides. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_mix_run(const struct weir_indexer_mix_opt *opt,
                                                  struct weir_job *job, struct weir_err *err);

struct weir_indexer_check_opt {
    int64_t vocab_size; // ids must be below; 0: what the manifest says
};

/* Verifies all that readers of each dataset job->inputs trust and prints one line a dataset to the
 * job's output; WEIR_EBAD names the first bad place. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_check_run(const struct weir_indexer_check_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

struct weir_indexer_show_opt {
    const char *model; // SentencePiece model: text instead of ids; may be NULL
};

/* Prints sequences job->inputs[1…] (all without) of dataset job->inputs[0] to the job's output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_show_run(const struct weir_indexer_show_opt *opt,
                                                   struct weir_job *job, struct weir_err *err);
/* Prints where token number job->inputs[1] of dataset job->inputs[0] comes from. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_trace_run(const struct weir_indexer_show_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
