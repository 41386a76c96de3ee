#include "weir/opt.h"
#include "weir/tokenize.h"

#define AT(field) offsetof(struct weir_tokenize_opt, field)

static const struct weir_opt options[] = {
    {0, "model", WEIR_OPT_STRING, AT(model), "FILE",
     "SentencePiece .model or tokenizer.json; needed", 0, 0},
    {0, "json", WEIR_OPT_FLAG, AT(json), NULL, "JSON Lines with the ids of each sentence", 0, 0},
    {0, "lines", WEIR_OPT_FLAG, AT(lines), NULL,
     "text lines to lines of ids, as spm_encode --output_format=id", 0, 0},
    {0, "decode", WEIR_OPT_FLAG, AT(decode), NULL,
     "the other way: a token stream to documents, with --lines ids to text", 0, 0},
    {0, "instructions", WEIR_OPT_FLAG, AT(instructions), NULL,
     "records with instruction, input and output, conversations or messages: the answers' places "
     "go into the origin",
     0, 0},
    {0, "template", WEIR_OPT_STRING, AT(form), "NAME",
     "with --instructions: plain, alpaca, knowlm, ie, or a JSON file with prompt_input and "
     "prompt_no_input; else alpaca",
     0, 0},
    {0, "bos", WEIR_OPT_FLAG, AT(bos), NULL, "with --lines: the BOS id before each line", 0, 0},
    {0, "eos", WEIR_OPT_FLAG, AT(eos), NULL, "with --lines: the EOS id behind each line", 0, 0},
    {0, "encoder", WEIR_OPT_CHOICE, AT(encoder), "weir|library",
     "what encodes; SentencePiece's library also where Weir's does not know the model", 0, 0},
    {0, "check", WEIR_OPT_FLAG, AT(check), NULL,
     "encode with the library too and stop where ids differ", 0, 0},
    {0, "compat", WEIR_OPT_CHOICE, AT(compat), "none|knowlm",
     "encode as KnowLM's preprocess.py: sentences alone, BOS and EOS inside", 0, 0},
    {0, "language", WEIR_OPT_CHOICE, AT(language), "chinese|english",
     "KnowLM: how sentences that are too long are cut", 0, 0},
    {0, "keep-newlines", WEIR_OPT_FLAG, AT(keep_newlines), NULL,
     "KnowLM: keep the marks and newlines that end sentences", 0, 0},
    {0, "no-split", WEIR_OPT_FLAG, AT(no_split), NULL, "KnowLM: a document is one sentence", 0, 0},
    {0, "seq-length", WEIR_OPT_INT, AT(seq_length), "N", "KnowLM: longest sentence in tokens", 1,
     1 << 30},
    {0}};

#define TRAIN_AT(field) offsetof(struct weir_tokenize_train_opt, field)

static const struct weir_opt train_options[] = {
    {0, "preset", WEIR_OPT_CHOICE, TRAIN_AT(preset), "llama|sentencepiece",
     "LLaMA's settings or spm_train's own, where nothing else is given", 0, 0},
    {0, "type", WEIR_OPT_CHOICE, TRAIN_AT(type), "preset|bpe|unigram|word|char",
     "what kind of model; LLaMA: bpe", 0, 0},
    {0, "vocab-size", WEIR_OPT_INT, TRAIN_AT(vocab_size), "N",
     "pieces; 0: the preset's, 32,000 of LLaMA, 8,000 of SentencePiece", 0, 1 << 20},
    {0, "coverage", WEIR_OPT_DOUBLE, TRAIN_AT(coverage), "X",
     "share of all characters that become pieces; 0: the preset's, 0.99995 or 0.9995", 0, 1},
    {0, "normalization", WEIR_OPT_STRING, TRAIN_AT(normalization), "NAME",
     "identity (LLaMA), nmt_nfkc (SentencePiece), nfkc, nmt_nfkc_cf, nfkc_cf", 0, 0},
    {0, "symbol", WEIR_OPT_LIST, TRAIN_AT(symbols), "TEXT",
     "a piece of its own wherever it stands in a text; may be given again", 0, 0},
    {0, "control", WEIR_OPT_LIST, TRAIN_AT(controls), "NAME",
     "a piece that no text matches; may be given again", 0, 0},
    {0, "set", WEIR_OPT_LIST, TRAIN_AT(settings), "NAME=VALUE",
     "any other setting of spm_train; may be given again", 0, 0},
    {0, "sample", WEIR_OPT_SIZE, TRAIN_AT(sample), "SIZE",
     "learn from this much text at most, lines drawn by --seed; 0: what -m allows", 0, 0},
    {0}};

static void init(void *opt)
{
    weir_tokenize_opt_init(opt);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_tokenize_run(opt, job, err);
}

static int run_train(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_tokenize_train_run(opt, job, err);
}

static const struct weir_cmd cmds[] = {{.args = "[FILE…]",
                                        .summary = "encode documents as a token stream",
                                        .options = options,
                                        .opt_size = sizeof(struct weir_tokenize_opt),
                                        .init = init,
                                        .run = run,
                                        .n_args_max = -1,
                                        .reads_stdin = 1},
                                       {.name = "train",
                                        .args = "[FILE…]",
                                        .summary = "learn a SentencePiece model from documents",
                                        .options = train_options,
                                        .opt_size = sizeof(struct weir_tokenize_train_opt),
                                        .init = weir_tokenize_train_opt_init,
                                        .run = run_train,
                                        .n_args_max = -1,
                                        .reads_stdin = 1}};

static const struct weir_prog prog = {
    .name = "weir-tokenize",
    .summary = "encode documents with a SentencePiece model or a tokenizer.json",
    .description =
        "Reads documents (JSON Lines) and writes a token stream for weir chunker and weir "
        "indexer.\n"
        "A document is encoded as one text and then cut at its sentence ends, so that its ids are\n"
        "those of the SentencePiece library, or of Hugging Face's tokenizers, for the whole text.",
    .examples = "  weir tokenize --model tokenizer.model docs.jsonl -o docs.tok\n"
                "  weir tokenize --model tokenizer.model --json docs.jsonl | head\n"
                "  weir tokenize --model tokenizer.model --lines <text.txt >ids.txt\n"
                "  weir tokenize --model tokenizer.model --decode docs.tok\n"
                "  weir tokenize --model tokenizer.model --instructions alpaca.jsonl -o set.tok\n"
                "  weir tokenize train --vocab-size 4000 docs.jsonl -o my.model",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
