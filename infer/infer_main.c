#include "infer/terminal.h"
#include "weir/infer.h"
#include "weir/weights.h"

struct options {
    struct weir_infer_opt infer;
    int interactive;
};

#define AT(field)       offsetof(struct options, infer.field)
#define SCORE_AT(field) offsetof(struct weir_score_opt, field)
#define MODEL_HELP                                                                                 \
    "a Hugging Face folder (config.json, safetensors or .bin), or a llama2.c file; needed"
#define TOKENIZER_HELP "tokenizer.model or tokenizer.json; else the one in the model's folder"
#define ADAPTER_HELP   "a LoRA adapter of PEFT: folder with adapter_config.json"
#define DTYPE_HELP                                                                                 \
    "what the weights become; int8: rows scaled by their largest, embedding and output as stored"
#define DTYPES      "stored|fp32|fp16|bf16|int8"
#define DEVICE_HELP "what runs the model; auto: a CUDA device where there is one that can take it"
#define GPUS_HELP   "with CUDA: spread the layers over the first N devices; 0: 1"

static const struct weir_opt options[] = {
    {0, "model", WEIR_OPT_STRING, AT(model), "FOLDER", MODEL_HELP, 0, 0},
    {0, "tokenizer", WEIR_OPT_STRING, AT(tokenizer), "FILE", TOKENIZER_HELP, 0, 0},
    {0, "adapter", WEIR_OPT_STRING, AT(adapter), "FOLDER", ADAPTER_HELP, 0, 0},
    {0, "dtype", WEIR_OPT_CHOICE, AT(dtype), DTYPES, DTYPE_HELP, 0, 0},
    {0, "device", WEIR_OPT_CHOICE, AT(device), "auto|cpu|cuda", DEVICE_HELP, 0, 0},
    {0, "gpus", WEIR_OPT_INT, AT(gpus), "N", GPUS_HELP, 0, 64},
    {'p', "prompt", WEIR_OPT_STRING, AT(prompt), "TEXT", "continue TEXT and read no input", 0, 0},
    {'i', "interactive", WEIR_OPT_FLAG, offsetof(struct options, interactive), NULL,
     "answer what is typed, a line at a time; /help says more", 0, 0},
    {0, "chat", WEIR_OPT_FLAG, AT(chat), NULL,
     "with -i: an answer follows all that was said, not its line alone", 0, 0},
    {0, "preset", WEIR_OPT_CHOICE, AT(preset), "none|knowlm",
     "knowlm: what is 0 is as in KnowLM's programs: --beams 2, --repetition-penalty 1.3, --max-new "
     "512, and with --sample --temperature 0.2, --top-p 0.75, --top-k 40",
     0, 0},
    {0, "template", WEIR_OPT_STRING, AT(form), "NAME",
     "how instruction and input become a prompt: plain, alpaca, knowlm, ie, or a JSON file with "
     "prompt_input and prompt_no_input; else plain for --prompt, alpaca for all others",
     0, 0},
    {0, "field", WEIR_OPT_STRING, AT(field), "NAME", "the member that holds the answer", 0, 0},
    {'n', "max-new", WEIR_OPT_INT, AT(max_new), "N", "most tokens of an answer; 0: 256", 0,
     1 << 24},
    {0, "stop", WEIR_OPT_LIST, AT(stop), "TEXT", "end the answer before TEXT", 0, 0},
    {0, "sample", WEIR_OPT_FLAG, AT(sample), NULL, "draw tokens, by --seed; else the likeliest", 0,
     0},
    {0, "temperature", WEIR_OPT_DOUBLE, AT(temperature), "T", "with --sample: above 1 bolder; 0: 1",
     0, 100},
    {0, "top-k", WEIR_OPT_INT, AT(top_k), "K", "with --sample: the K likeliest only; 0: all", 0,
     1 << 26},
    {0, "top-p", WEIR_OPT_DOUBLE, AT(top_p), "P",
     "with --sample: the likeliest that together have P; 0: 1", 0, 1},
    {0, "repetition-penalty", WEIR_OPT_DOUBLE, AT(repetition_penalty), "R",
     "makes tokens less likely that stand in prompt or answer; 0: 1, none", 0, 100},
    {0, "beams", WEIR_OPT_INT, AT(beams), "N", "beam search with N beams; 0: 1, none", 0, 32},
    {0, "n-best", WEIR_OPT_INT, AT(n_best), "N", "write the N best beams of a record", 1, 32},
    {0, "length-penalty", WEIR_OPT_DOUBLE, AT(length_penalty), "L",
     "a beam's score is its log probability by its length to the power of L", -100, 100},
    {0, "beam-length", WEIR_OPT_CHOICE, AT(beam_length), "all|generated",
     "that length counts the prompt (transformers 4.28), or not (since 4.36)", 0, 0},
    {0, "early-stopping", WEIR_OPT_CHOICE, AT(early_stopping), "no|yes|never",
     "when a search ends: no beam is likely to do better; enough are done; none can do better", 0,
     0},
    {0, "ignore-eos", WEIR_OPT_FLAG, AT(ignore_eos), NULL, "go on behind the end of the text", 0,
     0},
    {0, "no-bos", WEIR_OPT_FLAG, AT(no_bos), NULL, "no BOS before the prompt", 0, 0},
    {0}};

#define SCORE_MODEL                                                                                \
    {0, "model", WEIR_OPT_STRING, SCORE_AT(model), "FOLDER", MODEL_HELP, 0, 0},                    \
        {0, "tokenizer", WEIR_OPT_STRING, SCORE_AT(tokenizer), "FILE", TOKENIZER_HELP, 0, 0},      \
        {0, "adapter", WEIR_OPT_STRING, SCORE_AT(adapter), "FOLDER", ADAPTER_HELP, 0, 0},          \
        {0, "dtype", WEIR_OPT_CHOICE, SCORE_AT(dtype), DTYPES, DTYPE_HELP, 0, 0},                  \
        {0, "device", WEIR_OPT_CHOICE, SCORE_AT(device), "auto|cpu|cuda", DEVICE_HELP, 0, 0},      \
        {0, "gpus", WEIR_OPT_INT, SCORE_AT(gpus), "N", GPUS_HELP, 0, 64},                          \
        {0,                                                                                        \
         "window",                                                                                 \
         WEIR_OPT_INT,                                                                             \
         SCORE_AT(window),                                                                         \
         "N",                                                                                      \
         "tokens that the model sees at once, BOS included; 0: all its positions",                 \
         0,                                                                                        \
         1 << 24},                                                                                 \
        {0,                                                                                        \
         "stride",                                                                                 \
         WEIR_OPT_INT,                                                                             \
         SCORE_AT(stride),                                                                         \
         "N",                                                                                      \
         "new tokens of a window, the others are context; 0: all but one",                         \
         0,                                                                                        \
         1 << 24},                                                                                 \
    {                                                                                              \
        0, "no-bos", WEIR_OPT_FLAG, SCORE_AT(no_bos), NULL, "no BOS before the text", 0, 0         \
    }

static const struct weir_opt score_options[] = {
    SCORE_MODEL,
    {0, "input", WEIR_OPT_CHOICE, SCORE_AT(input), "documents|lines|files",
     "what the inputs are: documents; each line is a text; each file is one", 0, 0},
    {0, "samples", WEIR_OPT_INT, SCORE_AT(samples), "N",
     "of datasets: N sequences drawn by --seed; 0: all", 0, 1e15},
    {0, "table", WEIR_OPT_FLAG, SCORE_AT(table), NULL, "write a table of tab-separated values", 0,
     0},
    {0}};

static const struct weir_opt validate_options[] = {
    SCORE_MODEL,
    {0, "samples", WEIR_OPT_INT, SCORE_AT(samples), "N", "sequences drawn by --seed; 0: all", 0,
     1e15},
    {0, "worst", WEIR_OPT_INT, SCORE_AT(worst), "N", "show the N least likely samples", 0, 1000},
    {0, "excerpt", WEIR_OPT_INT, SCORE_AT(excerpt), "N", "at most N bytes of each", 1, 1 << 20},
    {0}};

#define SERVE_AT(field) offsetof(struct weir_serve_opt, field)

static const struct weir_opt serve_options[] = {
    {0, "tokenizer", WEIR_OPT_STRING, SERVE_AT(tokenizer), "FILE", TOKENIZER_HELP, 0, 0},
    {0, "adapter", WEIR_OPT_STRING, SERVE_AT(adapter), "FOLDER", ADAPTER_HELP, 0, 0},
    {0, "compare", WEIR_OPT_STRING, SERVE_AT(compare), "FOLDER",
     "serve this model too, or MODEL with this adapter: the page shows them side by side", 0, 0},
    {0, "dtype", WEIR_OPT_CHOICE, SERVE_AT(dtype), DTYPES, DTYPE_HELP, 0, 0},
    {0, "device", WEIR_OPT_CHOICE, SERVE_AT(device), "auto|cpu|cuda", DEVICE_HELP, 0, 0},
    {0, "gpus", WEIR_OPT_INT, SERVE_AT(gpus), "N", GPUS_HELP, 0, 64},
    {0, "template", WEIR_OPT_STRING, SERVE_AT(form), "NAME",
     "how /generate and chats become prompts: plain, alpaca, knowlm, ie, or a JSON file", 0, 0},
    {'n', "max-new", WEIR_OPT_INT, SERVE_AT(max_new), "N",
     "most tokens of an answer in a chat that does not say", 1, 1 << 24},
    {0, "no-bos", WEIR_OPT_FLAG, SERVE_AT(no_bos), NULL, "no BOS before the prompt", 0, 0},
    {0, "host", WEIR_OPT_STRING, SERVE_AT(host), "ADDRESS",
     "listen there and not on 127.0.0.1; needs --api-key", 0, 0},
    {0, "port", WEIR_OPT_INT, SERVE_AT(port), "N", "0: one that is free", 0, 65535},
    {0, "api-key", WEIR_OPT_STRING, SERVE_AT(key_file), "FILE",
     "who asks must know one of the keys in FILE, one a line", 0, 0},
    {0, "allow-origin", WEIR_OPT_STRING, SERVE_AT(allow_origin), "ORIGIN",
     "let pages of https://HOST use the server; *: all pages", 0, 0},
    {0, "queue", WEIR_OPT_INT, SERVE_AT(queue), "N",
     "most answers under way and waited for; more are refused with 429", 1, 1 << 20},
    {0, "connections", WEIR_OPT_INT, SERVE_AT(connections), "N", "most connections", 1, 1 << 20},
    {0, "timeout", WEIR_OPT_INT, SERVE_AT(timeout), "SECONDS",
     "for a request to arrive, and for a client that takes nothing of its answer", 1, 86400},
    {0, "drain", WEIR_OPT_INT, SERVE_AT(drain), "SECONDS",
     "after SIGTERM, for answers that are under way", 0, 86400},
    {0, "max-body", WEIR_OPT_SIZE, SERVE_AT(max_body), "SIZE", "longest request", 1 << 10, 1 << 30},
    {0}};

#define WEIGHTS_AT(field) offsetof(struct weir_weights_opt, field)
#define SHARD_HELP        "most bytes of tensors in a file"
#define SUM_HELP                                                                                   \
    "the sum of all numbers must be X, give or take 0.5, with rotary_emb.inv_freq or without"

static const struct weir_opt recover_options[] = {
    {0, "dtype", WEIR_OPT_CHOICE, WEIGHTS_AT(dtype), "fp32|fp16",
     "compute and write in this type; both inputs are rounded to it first", 0, 0},
    {0, "to", WEIR_OPT_CHOICE, WEIGHTS_AT(format), "bin|safetensors", "format of the files", 0, 0},
    {0, "shard-size", WEIR_OPT_INT, WEIGHTS_AT(shard), "N", SHARD_HELP, 1, 1e18},
    {0, "expect-sum", WEIR_OPT_STRING, WEIGHTS_AT(sum), "X", SUM_HELP, 0, 0},
    {0}};

static const struct weir_opt convert_options[] = {
    {0, "dtype", WEIR_OPT_CHOICE, WEIGHTS_AT(dtype), "stored|fp32|fp16|bf16",
     "type of what is written", 0, 0},
    {0, "to", WEIR_OPT_CHOICE, WEIGHTS_AT(format), "bin|safetensors|stored",
     "format of the files; stored: that of the input", 0, 0},
    {0, "shard-size", WEIR_OPT_INT, WEIGHTS_AT(shard), "N", SHARD_HELP, 1, 1e18},
    {0}};

static const struct weir_opt check_options[] = {
    {0, "md5", WEIR_OPT_STRING, offsetof(struct weir_weights_check_opt, md5), "FILE",
     "compare the files' MD5s with a list as md5sum writes it", 0, 0},
    {0, "expect-sum", WEIR_OPT_STRING, offsetof(struct weir_weights_check_opt, sum), "X", SUM_HELP,
     0, 0},
    {0}};

static void init_convert(void *opt)
{
    weir_weights_opt_init(opt);
    ((struct weir_weights_opt *)opt)->format = WEIR_WEIGHTS_AS_READ;
}

static void init_check(void *opt)
{
    *(struct weir_weights_check_opt *)opt = (struct weir_weights_check_opt){0};
}

/* Its choices have no "stored". */
static int run_recover(void *opt, struct weir_job *job, struct weir_err *err)
{
    struct weir_weights_opt o = *(const struct weir_weights_opt *)opt;
    o.dtype = o.dtype ? WEIR_NUMBERS_F16 : WEIR_NUMBERS_F32;
    return weir_weights_recover_run(&o, job, err);
}

static int run_diff(void *opt, struct weir_job *job, struct weir_err *err)
{
    struct weir_weights_opt o = *(const struct weir_weights_opt *)opt;
    o.dtype = o.dtype ? WEIR_NUMBERS_F16 : WEIR_NUMBERS_F32;
    return weir_weights_diff_run(&o, job, err);
}

static int run_merge(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_weights_merge_run(opt, job, err);
}

static int run_convert(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_weights_convert_run(opt, job, err);
}

static int run_check(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_weights_check_run(opt, job, err);
}

static void init(void *opt)
{
    struct options *o = opt;
    *o = (struct options){0};
    weir_infer_opt_init(&o->infer);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    struct options *o = opt;
    if (!o->interactive)
        return weir_infer_run(&o->infer, job, err);
    terminal *t = terminal_open(err);
    if (!t)
        return err->code;
    o->infer.terminal = terminal_face(t);
    const int rc = weir_infer_run(&o->infer, job, err);
    terminal_close(t);
    return rc;
}

static int asks_only(const void *opt)
{
    const struct options *o = opt;
    return o->infer.prompt || o->interactive;
}

static void init_score(void *opt)
{
    weir_score_opt_init(opt);
}

static void init_validate(void *opt)
{
    struct weir_score_opt *o = opt;
    weir_score_opt_init(o);
    o->validate = 1;
    o->samples = 200;
}

static void init_serve(void *opt)
{
    weir_serve_opt_init(opt);
}

static int run_serve(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_serve_run(opt, job, err);
}

static int run_score(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_score_run(opt, job, err);
}

static const struct weir_cmd cmds[] = {
    {.args = "[FILE…]",
     .summary = "answer prompts with a language model",
     .options = options,
     .opt_size = sizeof(struct options),
     .init = init,
     .run = run,
     .n_args_max = -1,
     .asks_only = asks_only,
     .reads_stdin = 1},
    {.name = "score",
     .args = "[FILE…|NAME…]",
     .summary = "documents, or samples of a dataset, with their perplexity",
     .options = score_options,
     .opt_size = sizeof(struct weir_score_opt),
     .init = init_score,
     .run = run_score,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "validate",
     .args = "NAME…",
     .summary = "samples of a dataset: perplexity by source, and the worst",
     .options = validate_options,
     .opt_size = sizeof(struct weir_score_opt),
     .init = init_validate,
     .run = run_score,
     .n_args_min = 1,
     .n_args_max = -1},
    {.name = "serve",
     .args = "MODEL",
     .summary = "a server: KnowLM's and OpenAI's API, and a page to try the model",
     .options = serve_options,
     .opt_size = sizeof(struct weir_serve_opt),
     .init = init_serve,
     .run = run_serve,
     .n_args_min = 1,
     .n_args_max = 1},
    {.name = "recover",
     .args = "RAW DIFF",
     .summary = "a model from its difference to another: RAW + DIFF",
     .options = recover_options,
     .opt_size = sizeof(struct weir_weights_opt),
     .init = weir_weights_opt_init,
     .run = run_recover,
     .n_args_min = 2,
     .n_args_max = 2},
    {.name = "diff",
     .args = "RAW TUNED",
     .summary = "the difference that recover adds: TUNED - RAW",
     .options = recover_options,
     .opt_size = sizeof(struct weir_weights_opt),
     .init = weir_weights_opt_init,
     .run = run_diff,
     .n_args_min = 2,
     .n_args_max = 2},
    {.name = "merge",
     .args = "MODEL ADAPTER",
     .summary = "a model with a LoRA adapter added to it",
     .options = convert_options,
     .opt_size = sizeof(struct weir_weights_opt),
     .init = init_convert,
     .run = run_merge,
     .n_args_min = 2,
     .n_args_max = 2},
    {.name = "convert",
     .args = "MODEL",
     .summary = "a model in other files, or of another type",
     .options = convert_options,
     .opt_size = sizeof(struct weir_weights_opt),
     .init = init_convert,
     .run = run_convert,
     .n_args_min = 1,
     .n_args_max = 1},
    {.name = "check",
     .args = "MODEL",
     .summary = "what each tensor of a model holds, and whether it is sound",
     .options = check_options,
     .opt_size = sizeof(struct weir_weights_check_opt),
     .init = init_check,
     .run = run_check,
     .n_args_min = 1,
     .n_args_max = 1}};

static const struct weir_prog prog = {
    .name = "weir-infer",
    .summary = "run a language model on prompts",
    .description =
        "Runs a dense model of the LLaMA family (LLaMA 1-3, Mistral, Qwen2, Qwen3) from\n"
        "its Hugging Face folder as it is.  Reads JSON Lines with \"prompt\", or "
        "\"instruction\" and\n"
        "\"input\", and writes each record with the answer as one more member, in input "
        "order.  An\n"
        "answer does not depend on what else runs at the same time.",
    .examples = "  weir infer --model llama-7b -p 'The Yangtze is'\n"
                "  weir infer --model llama-7b --dtype int8 -m 16G questions.jsonl >answers.jsonl\n"
                "  weir infer --model zhixi --preset knowlm cases.jsonl\n"
                "  weir infer --model zhixi -i --template knowlm\n"
                "  weir infer score --model llama-7b --stride 512 docs.jsonl >scored.jsonl\n"
                "  weir infer validate --model llama-7b --samples 500 corpus\n"
                "  weir infer serve zhixi --template knowlm\n"
                "  weir infer merge llama-7b adapter -o merged\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
