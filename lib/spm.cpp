// SentencePiece behind C.  Every entry is a function-try-block: no exception crosses.
#include "weir/spm.h"

#include <algorithm>
#include <climits>
#include <new>
#include <sentencepiece_processor.h>

#include "spm_model.h"

struct weir_spm {
    spm_model model{};
    sentencepiece::SentencePieceProcessor first; // the model as it is
    sentencepiece::SentencePieceProcessor inner; // without the dummy prefix: parts behind the first
    bool cuts = false;
    uint64_t limit = UINT64_MAX; // bytes one call may take
};

namespace
{

/* Encoding's time a byte grows with the length, its overhead a call does not: measured best. */
constexpr size_t part_bytes = 512;
/* What the library takes for a byte of text that is encoded as one (measured: 90 to 240, by the
 * number of its tokens), and what a piece takes here and in the caller's arrays. */
constexpr uint64_t cost_whole = 160, cost_piece = 40;

int no_memory(weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

int load(weir_spm *m, const char *path, weir_err *err)
{
    if (const int rc = spm_model_load(&m->model, path, err))
        return rc;
    const auto status = m->first.LoadFromSerializedProto({m->model.file.p, m->model.file.n});
    if (!status.ok())
        return weir_err_set(err, WEIR_EBAD, "%s: %s", path, status.error_message());
    if (static_cast<size_t>(m->first.GetPieceSize()) != m->model.n_pieces)
        return weir_err_set(err, WEIR_EBAD, "%s: damaged model", path);
    if (!m->model.cuts)
        return 0;
    m->cuts = true;
    if (!m->model.dummy_prefix)
        return 0;
    weir_buf changed{};
    spm_model_without_prefix(&m->model, &changed);
    if (changed.failed) {
        weir_buf_free(&changed);
        return no_memory(err);
    }
    m->cuts = m->inner.LoadFromSerializedProto({changed.p, changed.n}).ok();
    weir_buf_free(&changed);
    return 0;
}

int check_limit(const weir_spm *m, uint64_t need, size_t text_n, weir_err *err)
{
    if (need <= m->limit)
        return 0;
    return weir_err_set(err, WEIR_EMEM, "a text of %zu bytes needs about -m %lluM", text_n,
                        static_cast<unsigned long long>((need + need / 2) >> 20) + 64);
}

int encode_part(const weir_spm *m, sentencepiece::ImmutableSentencePieceText &out,
                struct weir_span text, size_t at, size_t end, weir_piece **p, size_t *cap,
                size_t *n, weir_err *err)
{
    const bool as_is = at == 0 || !m->model.dummy_prefix;
    const auto status =
        (as_is ? m->first : m->inner).Encode({text.p + at, end - at}, out.mutable_proto());
    if (!status.ok())
        return weir_err_set(err, WEIR_EFAIL, "SentencePiece: %s", status.error_message());
    const size_t more = out.pieces_size();
    if (weir_grow(p, cap, *n + more, sizeof **p))
        return no_memory(err);
    for (size_t i = 0; i < more; i++) {
        const auto piece = out.pieces(static_cast<int>(i));
        (*p)[(*n)++] = {piece.id(), static_cast<uint32_t>(at + piece.begin()),
                        static_cast<uint32_t>(at + piece.end())};
    }
    return 0;
}

uint32_t id_or_none(int id)
{
    return id < 0 ? 0xFFFFFFFFu : static_cast<uint32_t>(id);
}

} // namespace

weir_spm *weir_spm_open(const char *path, weir_err *err)
try {
    auto *m = new weir_spm;
    if (load(m, path, err)) {
        weir_spm_free(m);
        return nullptr;
    }
    return m;
} catch (const std::bad_alloc &) {
    no_memory(err);
    return nullptr;
} catch (const std::exception &e) {
    weir_err_set(err, WEIR_EFAIL, "%s: %s", path, e.what());
    return nullptr;
}

void weir_spm_free(weir_spm *m)
{
    if (m)
        spm_model_free(&m->model);
    delete m;
}

uint32_t weir_spm_vocab_size(const weir_spm *m)
{
    return static_cast<uint32_t>(m->model.n_pieces);
}

uint32_t weir_spm_bos(const weir_spm *m)
{
    return id_or_none(m->first.bos_id());
}

uint32_t weir_spm_eos(const weir_spm *m)
{
    return id_or_none(m->first.eos_id());
}

uint32_t weir_spm_pad(const weir_spm *m)
{
    return id_or_none(m->first.pad_id());
}

uint32_t weir_spm_unk(const weir_spm *m)
{
    return id_or_none(m->first.unk_id());
}

uint64_t weir_spm_memory(const weir_spm *m)
{
    return m->model.n_pieces * (m->cuts && m->model.dummy_prefix ? 500u : 300u);
}

void weir_spm_limit(weir_spm *m, uint64_t bytes)
{
    m->limit = bytes;
}

unsigned weir_spm_cost(const weir_spm *m)
{
    return m->cuts ? cost_piece / 2 : cost_whole;
}

const uint8_t *weir_spm_sha256(const weir_spm *m)
{
    return m->model.sha256;
}

int weir_spm_encode(const weir_spm *m, struct weir_span text, weir_piece **p, size_t *cap,
                    size_t *n, weir_err *err)
try {
    *n = 0;
    if (text.n > INT_MAX / 2)
        return weir_err_set(err, WEIR_EBAD, "text of %zu bytes is too long to encode", text.n);
    sentencepiece::ImmutableSentencePieceText out; // its cleared pieces are used again
    for (size_t at = 0, end; at < text.n; at = end) {
        end = m->cuts ? spm_cuts_end(&m->model, text, at, part_bytes) : text.n;
        const uint64_t need = std::max((end - at) * cost_whole, *n * cost_piece);
        if (const int rc = check_limit(m, need, text.n, err))
            return rc;
        if (const int rc = encode_part(m, out, text, at, end, p, cap, n, err))
            return rc;
    }
    return 0;
} catch (const std::bad_alloc &) {
    return no_memory(err);
} catch (const std::exception &e) {
    return weir_err_set(err, WEIR_EFAIL, "SentencePiece: %s", e.what());
}

int weir_spm_decode(const weir_spm *m, const uint32_t *ids, size_t n, weir_buf *text, weir_err *err)
try {
    std::vector<int> in;
    std::string out;
    in.reserve(n);
    for (size_t i = 0; i < n; i++) {
        if (ids[i] >= m->model.n_pieces)
            return weir_err_set(err, WEIR_EBAD, "id %u is not in the vocabulary", ids[i]);
        in.push_back(static_cast<int>(ids[i]));
    }
    const auto status = m->first.Decode(in, &out);
    if (!status.ok())
        return weir_err_set(err, WEIR_EFAIL, "SentencePiece: %s", status.error_message());
    weir_buf_add(text, out.data(), out.size());
    return weir_buf_check(text, err);
} catch (const std::bad_alloc &) {
    return no_memory(err);
} catch (const std::exception &e) {
    return weir_err_set(err, WEIR_EFAIL, "SentencePiece: %s", e.what());
}

uint64_t weir_spm_folded(const weir_spm *m, struct weir_span text, const weir_piece *p, size_t n)
{
    return spm_model_folded(&m->model, text, p, n);
}

struct weir_span weir_spm_piece(const weir_spm *m, uint32_t id)
{
    return id < m->model.n_pieces ? m->model.pieces[id].text : weir_span("", 0);
}

int weir_spm_byte(const weir_spm *m, uint32_t id, uint8_t *byte)
{
    if (id >= m->model.n_pieces || m->model.pieces[id].type != SPM_BYTE)
        return 0;
    *byte = m->model.pieces[id].byte;
    return 1;
}
