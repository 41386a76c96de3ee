/* Sources that are JSON records: Baidu Baike, WuDao, arXiv and anything else. */
#include "ingest/ingest_json.h"

static int baike(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"content", "text"}, .title = {"title"}, .id = {"id"}};
    return ingest_json_convert(&names, in, thread, out, b, r, err);
}

/* uniqueKey is the MD5 of the content in WuDaoCorpora; id only counts the records of a file. */
static int wudao(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"content", "text"}, .title = {"title"}, .id = {"uniqueKey", "id"}};
    return ingest_json_convert(&names, in, thread, out, b, r, err);
}

/* Full texts have text or content; arXiv's own metadata snapshot has the abstract. */
static int arxiv(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"text", "content", "abstract"}, .title = {"title"}, .id = {"id"}};
    return ingest_json_convert(&names, in, thread, out, b, r, err);
}

static int jsonl(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"text", "content"}, .title = {"title"}, .id = {"id"}, .says_source = 1};
    return ingest_json_convert(&names, in, thread, out, b, r, err);
}

const struct ingest_source ingest_baike = {.name = "baike",
                                           .help = "Baidu Baike: JSON with title and content",
                                           INGEST_JSON_READER,
                                           .convert = baike,
                                           .refuses = INGEST_NO_LINKS};
const struct ingest_source ingest_wudao = {.name = "wudao",
                                           .help = "WuDaoCorpora: JSON arrays or JSON Lines",
                                           INGEST_JSON_READER,
                                           .convert = wudao,
                                           .refuses = INGEST_NO_LINKS};
const struct ingest_source ingest_arxiv = {.name = "arxiv",
                                           .help = "arXiv: JSON with text, content or abstract",
                                           INGEST_JSON_READER,
                                           .convert = arxiv,
                                           .refuses = INGEST_NO_LINKS};
const struct ingest_source ingest_jsonl = {
    .name = "jsonl",
    .help = "any JSON Lines or array: --text, --title and --id name the members",
    INGEST_JSON_READER,
    .convert = jsonl,
    .refuses = INGEST_NO_LINKS};
