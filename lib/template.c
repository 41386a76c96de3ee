#include "lib/template.h"

#include <stdlib.h>
#include <string.h>
#include "lib/json_tree.h"
#include "lib/read_whole.h"

enum { MAX_MIB = 1 };

/* Taori et al. 2023, Stanford Alpaca; KnowLM's are the same. */
#define ALPACA_START "Below is an instruction that describes a task"
#define ALPACA_TASK  "Write a response that appropriately completes the request.\n\n"
static const char alpaca_with[] =
    ALPACA_START ", paired with an input that provides further context. " ALPACA_TASK
                 "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n";
static const char alpaca_without[] =
    ALPACA_START ". " ALPACA_TASK "### Instruction:\n{instruction}\n\n### Response:\n";

/* OneKE's form of a turn, that of LLaMA 2 (Gui et al. 2024, IEPile; zjunlp's published example). */
#define IE_START                                                                                   \
    "[INST] <<SYS>>\nYou are a helpful assistant. "                                                \
    "你是一个有帮助的助手。\n<</SYS>>\n\n{instruction}"
#define IE_END " [/INST]"
static const char ie_task[] = "你是专门进行实体抽取的专家。请从input中抽取出符合schema定义的实体，"
                              "不存在的实体类型返回空列表。请按照JSON字符串的格式回答。";

static int take_text(struct json_node root, const char *name, char **to, struct weir_err *err)
{
    struct json_node n;
    struct weir_span s;
    if (!json_tree_get(root, name, &n) || !json_tree_string(n, &s) || memchr(s.p, '\0', s.n))
        return weir_err_set(err, WEIR_EBAD, "no text \"%s\"", name);
    *to = strndup(s.p, s.n);
    return *to ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static int read_template(struct template *t, struct json_node root, struct weir_err *err)
{
    if (take_text(root, "prompt_input", &t->with_input, err) ||
        take_text(root, "prompt_no_input", &t->without_input, err))
        return err->code;
    if (!strstr(t->with_input, "{instruction}") || !strstr(t->without_input, "{instruction}"))
        return weir_err_set(err, WEIR_EBAD, "a prompt has no place for {instruction}");
    if (!strstr(t->with_input, "{input}"))
        return weir_err_set(err, WEIR_EBAD, "prompt_input has no place for {input}");
    return 0;
}

static int read_file(struct template *t, const char *path, struct weir_err *err)
{
    struct weir_buf text = {0};
    struct json_node root;
    if (read_whole(path, MAX_MIB, &text, err)) {
        weir_buf_free(&text);
        return err->code;
    }
    json_tree *tree = json_tree_parse(weir_buf_span(&text), &root, err);
    const int rc = tree ? read_template(t, root, err) : err->code;
    json_tree_free(tree);
    weir_buf_free(&text);
    if (rc)
        weir_err_prefix(err, "%s", path);
    return rc;
}

int template_open(struct template *t, const char *name, struct weir_err *err)
{
    static const struct {
        const char *name, *with_input, *without_input;
    } known[] = {{"plain", "{instruction}\n{input}", "{instruction}"},
                 {"alpaca", alpaca_with, alpaca_without},
                 {"knowlm", alpaca_with, alpaca_without},
                 {"ie", IE_START "\n{input}" IE_END, IE_START IE_END}};
    *t = (struct template){.takes_schema = !strcmp(name, "ie")};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) != 0)
            continue;
        t->with_input = strdup(known[i].with_input);
        t->without_input = strdup(known[i].without_input);
        return t->with_input && t->without_input ? 0
                                                 : weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return read_file(t, name, err);
}

void template_task(struct weir_span instruction, struct weir_span schema, struct weir_span input,
                   struct weir_buf *to)
{
    weir_buf_adds(to, "{\"instruction\": ");
    weir_buf_add_json(to, instruction.n ? instruction : weir_span(ie_task, sizeof ie_task - 1));
    weir_buf_adds(to, ", \"schema\": ");
    weir_buf_add(to, schema.p, schema.n);
    weir_buf_adds(to, ", \"input\": ");
    weir_buf_add_json(to, input);
    weir_buf_addc(to, '}');
}

void template_close(struct template *t)
{
    free(t->with_input);
    free(t->without_input);
}

void template_fill(const struct template *t, struct weir_span instruction, struct weir_span input,
                   struct weir_buf *to)
{
    static const struct {
        const char *name;
        size_t n;
    } place[] = {{"{instruction}", 13}, {"{input}", 7}};
    const struct weir_span value[] = {instruction, input};
    for (const char *p = input.n ? t->with_input : t->without_input; *p;) {
        size_t i = 0;
        while (i < 2 && strncmp(p, place[i].name, place[i].n) != 0)
            i++;
        if (i < 2) {
            weir_buf_add(to, value[i].p, value[i].n);
            p += place[i].n;
        } else {
            weir_buf_addc(to, *p++);
        }
    }
}
