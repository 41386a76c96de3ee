// fastText behind C.  Every entry is a function-try-block: no exception crosses.
#include "weir/fasttext.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fasttext/fasttext.h>
#include <new>
#include <streambuf>

#include "fasttext_check.h"
#include "weir/io.h"
#include "weir/utf8.h"

/* The library reads a whole model only from a named file. */
struct loadable : fasttext::FastText {
    bool load(std::istream &in)
    {
        if (!checkModel(in))
            return false;
        loadModel(in);
        return true;
    }
};

struct weir_fasttext {
    loadable model;
    fasttext_shape shape{};
    uint64_t memory = 0;
    std::vector<std::string> labels;
};

namespace
{

const char label_prefix[] = "__label__";

// Bytes as a stream, without a copy, and one more behind them: a line's end.
struct bytes_in : std::streambuf {
    bytes_in(const char *p, size_t n, bool end_line) : more(end_line)
    {
        char *at = const_cast<char *>(p);
        setg(at, at, at + n);
    }

  protected:
    int_type underflow() override
    {
        if (!more)
            return traits_type::eof();
        more = false;
        setg(&newline, &newline, &newline + 1);
        return newline;
    }

  private:
    char newline = '\n';
    bool more;
};

int no_memory(weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

/* The file as it is: a model is not compressed. */
int read_file(const char *path, weir_buf *b, weir_err *err)
{
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    ssize_t n = 0;
    do {
        /* Doubling leaves a model's size unused; what is known of the size is enough. */
        const uint64_t size = weir_io_raw_size(io);
        const size_t step = size > b->n ? size - b->n + 1 : 1 << 16;
        if (weir_buf_reserve(b, step))
            n = no_memory(err);
        else if ((n = weir_io_read(io, b->p + b->n, step, err)) > 0)
            b->n += static_cast<size_t>(n);
    } while (n > 0);
    if (n < 0) {
        weir_io_abort(io);
        return static_cast<int>(n);
    }
    return weir_io_close(io, err);
}

int load(weir_fasttext *m, const weir_buf *file, weir_err *err)
{
    if (const int rc = fasttext_check(file->p, file->n, &m->shape, err))
        return rc;
    bytes_in bytes(file->p, file->n, false);
    std::istream in(&bytes);
    if (!m->model.load(in))
        return weir_err_set(err, WEIR_EBAD, "the library refuses the fastText model");
    const auto dict = m->model.getDictionary();
    for (int32_t i = 0; i < dict->nlabels(); i++) {
        const std::string name = dict->getLabel(i);
        const bool has = name.compare(0, sizeof label_prefix - 1, label_prefix) == 0;
        m->labels.push_back(has ? name.substr(sizeof label_prefix - 1) : name);
    }
    /* The matrices, and for a word its entry, its name and the numbers of its n-grams. */
    const uint64_t grams = m->shape.maxn >= m->shape.minn ? m->shape.maxn - m->shape.minn + 1 : 0;
    m->memory = file->n + m->shape.n_words * (96 + 8 * 4 * grams) + (1 << 16);
    return 0;
}

} // namespace

weir_fasttext *weir_fasttext_open(const char *path, struct weir_err *err)
try {
    weir_buf file{};
    weir_fasttext *m = nullptr;
    try {
        int rc = read_file(path, &file, err);
        if (!rc) {
            m = new weir_fasttext;
            rc = load(m, &file, err);
            if (rc)
                weir_err_prefix(err, "%s", path);
        }
        if (rc) {
            delete m;
            m = nullptr;
        }
    } catch (...) {
        weir_buf_free(&file);
        delete m;
        throw;
    }
    weir_buf_free(&file);
    return m;
} catch (const std::bad_alloc &) {
    no_memory(err);
    return nullptr;
} catch (const std::exception &e) {
    weir_err_set(err, WEIR_EBAD, "%s: %s", path, e.what());
    return nullptr;
}

void weir_fasttext_close(weir_fasttext *m)
{
    delete m;
}

uint64_t weir_fasttext_memory(const weir_fasttext *m)
{
    return m->memory;
}

/* Words and hashes are 4 bytes each, in arrays that double; a byte may be a word of its own, or,
 * in one long word, the start of as many n-grams as there are lengths. */
uint64_t weir_fasttext_line_memory(const weir_fasttext *m)
{
    const uint64_t words = 1 + m->shape.word_ngrams, chars = m->shape.maxn;
    return WEIR_FASTTEXT_LINE * (2 * 4 * (words / 2 + 1 > chars ? words / 2 + 1 : chars) + 3);
}

size_t weir_fasttext_n_labels(const weir_fasttext *m)
{
    return m->labels.size();
}

const char *weir_fasttext_label(const weir_fasttext *m, size_t i)
{
    return m->labels[i].c_str();
}

int weir_fasttext_find(const weir_fasttext *m, const char *name)
{
    const size_t n = sizeof label_prefix - 1;
    const char *bare = std::strncmp(name, label_prefix, n) == 0 ? name + n : name;
    for (size_t i = 0; i < m->labels.size(); i++)
        if (m->labels[i] == bare)
            return static_cast<int>(i);
    return -1;
}

void weir_fasttext_prepare(struct weir_buf *b, struct weir_span text, enum weir_fasttext_text how,
                           int lower)
{
    const size_t start = b->n;
    unsigned len;
    for (size_t i = 0; i < text.n && b->n - start < WEIR_FASTTEXT_LINE; i += len) {
        const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len);
        const bool apart = how == WEIR_FASTTEXT_CHARS && len > 2;
        if (c < 0x80) {
            const uint32_t low = lower && c >= 'A' && c <= 'Z' ? c | 32 : c;
            weir_buf_addc(b, c < ' ' || c == 0x7F ? ' ' : static_cast<char>(low));
            continue;
        }
        if (apart)
            weir_buf_addc(b, ' ');
        weir_buf_add(b, text.p + i, len);
        if (apart)
            weir_buf_addc(b, ' ');
    }
}

int weir_fasttext_score(const weir_fasttext *m, struct weir_span line, float *p,
                        struct weir_err *err)
try {
    std::fill_n(p, m->labels.size(), 0.0f);
    const size_t n = std::min<size_t>(line.n, WEIR_FASTTEXT_LINE);
    std::vector<int32_t> words, some, labels;
    const auto dict = m->model.getDictionary();
    bytes_in bytes(line.p, n, true);
    std::istream in(&bytes);
    /* fastText ends a line at the word "</s>" too; what a text says must not hide the rest. */
    while (in.peek() != std::char_traits<char>::eof()) {
        dict->getLine(in, some, labels);
        words.insert(words.end(), some.begin(), some.end());
    }
    if (words.empty())
        return 0;
    fasttext::Predictions found;
    m->model.predict(static_cast<int32_t>(m->labels.size()), words, found);
    for (const auto &f : found)
        p[f.second] = std::min(1.0f, std::exp(f.first));
    return 0;
} catch (const std::bad_alloc &) {
    return no_memory(err);
} catch (const std::exception &e) {
    return weir_err_set(err, WEIR_EFAIL, "fastText: %s", e.what());
}
