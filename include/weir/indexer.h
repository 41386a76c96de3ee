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
    int pack;                  // several samples a sequence
    int64_t length, pad; // tokens of a sequence, 0: the longest sample; id that fills it, or -1
    int64_t drop,
        epochs; // WEIR_MIX_BATCHES: KnowLM's drop mode; epochs, their seeds job->seed + 0…
};

WEIR_API void weir_indexer_mix_opt_init(void *opt);
/* Writes what the spec job->inputs[0] (none: opt->takes alone) says as the dataset job->output, in
 * an order that job->seed decides. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_mix_run(const struct weir_indexer_mix_opt *opt,
                                                  struct weir_job *job, struct weir_err *err);

enum { WEIR_REST_GIVEN, WEIR_REST_DISTRIBUTED, WEIR_REST_KNOWLM, WEIR_REST_MEGATRON };

/* What a broken run has read; its seed is job->seed. */
struct weir_indexer_rest_opt {
    int order;        // WEIR_REST_…: who ordered the samples
    const char *seen; // file of sequence numbers instead: a line each, or a torch.save() list
    int64_t consumed; // samples, of all ranks together; -1: steps * world * batch
    int64_t steps;
    int64_t world, batch; // ranks, samples of a rank in a step
    int64_t epoch;        // from 0
    int drop_last;        // DistributedSampler's
    const char *batches;  // KnowLM: samples of each type in a batch, "3,2,1"
    int64_t drop;         // KnowLM's drop mode, 0 to 3
    int64_t length;       // Megatron: tokens of a sample
    int64_t samples;      // Megatron: that the run was to read in all
};

WEIR_API void weir_indexer_rest_opt_init(void *opt);
/* Writes what dataset job->inputs[0] has left as job->output: in the order in which the run would
 * have read on (Megatron: in the dataset's). */
WEIR_API WEIR_MUST_CHECK int weir_indexer_resume_run(const struct weir_indexer_rest_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);
/* The same in the order of the dataset. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_subtract_run(const struct weir_indexer_rest_opt *opt,
                                                       struct weir_job *job, struct weir_err *err);

/* Documents that hold by every kind of condition given; within a kind one is enough. */
struct weir_indexer_subset_opt {
    struct weir_strings sources; // the documents' "source"
    struct weir_strings files;   // the "file" of their origin
    const char *ids;             // file with an id a line
    int inverted;                // those that do not hold instead
};

/* Writes the sequences of dataset job->inputs[0] all of whose documents hold as job->output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_subset_run(const struct weir_indexer_subset_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);

struct weir_indexer_sample_opt { // one of
    int64_t samples, tokens;
    double share; // of the samples
};

/* Writes sequences of dataset job->inputs[0] drawn by job->seed, in their order, as job->output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_sample_run(const struct weir_indexer_sample_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);

struct weir_indexer_split_opt {
    double train, valid, test; // shares of the documents; train 0: what the others leave
    const char *twins;         // rejects of weir dedup: documents that must stay together
};

/* Writes dataset job->inputs[0] as job->output with "-train", "-valid" and "-test" behind, those of
 * them that get a share.  Documents are divided by a hash of their id and job->seed. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_split_run(const struct weir_indexer_split_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

enum {
    WEIR_EXPORT_NPY,
    WEIR_EXPORT_RAW,
    WEIR_EXPORT_LLMC,
    WEIR_EXPORT_DATATROVE,
    WEIR_EXPORT_DOLMA,
    WEIR_EXPORT_JSONL
};
enum { WEIR_EXPORT_AUTO, WEIR_EXPORT_U16, WEIR_EXPORT_U32 };

struct weir_indexer_export_opt {
    int to;        // WEIR_EXPORT_NPY …: the format
    int dtype;     // WEIR_EXPORT_AUTO …: of the tokens
    int64_t shard; // tokens of a file, formats of several files
};

WEIR_API void weir_indexer_export_opt_init(void *opt);
/* Writes the tokens of dataset job->inputs[0] as the files of another program, whose names begin
 * with job->output.  WEIR_EBAD when an id does not fit there. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_export_run(const struct weir_indexer_export_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);

enum {
    WEIR_IMPORT_AUTO,
    WEIR_IMPORT_U8,
    WEIR_IMPORT_U16,
    WEIR_IMPORT_U32,
    WEIR_IMPORT_I32,
    WEIR_IMPORT_I64
};

struct weir_indexer_import_opt {
    const char *from;   // the format's name
    const char *model;  // tokenizer of the ids; NULL: no manifest, no provenance
    int dtype;          // WEIR_IMPORT_AUTO …: of files that do not say it
    int64_t eod, bod;   // ids that end, begin a document, in files that do not say where; -1: none
    int64_t length;     // longest sequence; 0: a document is one
    const char *source; // of the documents; NULL: the format's name
    const char *field;  // jsonl: member with the ids
};

WEIR_API void weir_indexer_import_opt_init(void *opt);
/* Writes job->inputs, files of another program, as the dataset job->output. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_import_run(const struct weir_indexer_import_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);

struct weir_indexer_check_opt {
    int64_t vocab_size; // ids must be below; 0: what the manifest says
};

/* Verifies all that readers of each dataset job->inputs trust and prints one line a dataset to the
 * job's output; WEIR_EBAD names the first bad place. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_check_run(const struct weir_indexer_check_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

struct weir_indexer_stats_opt {
    int json; // a line a dataset
};

/* Prints what each dataset of job->inputs holds: tokens by source, lengths, padding, repeats,
 * vocabulary used; the same goes into the ledger. */
WEIR_API WEIR_MUST_CHECK int weir_indexer_stats_run(const struct weir_indexer_stats_opt *opt,
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
