// SentencePiece's trainer behind C.  Every entry is a function-try-block: no exception crosses.
#include "weir/spm_train.h"

#include <cstring>
#include <new>
#include <sentencepiece_trainer.h>

namespace
{

class lines final : public sentencepiece::SentenceIterator
{
  public:
    lines(int (*next)(void *, struct weir_span *), void *ctx) : next_(next), ctx_(ctx)
    {
        lines::Next();
    }
    bool done() const override
    {
        return done_;
    }
    const std::string &value() const override
    {
        return value_;
    }
    sentencepiece::util::Status status() const override
    {
        return {};
    }
    void Next() override
    {
        struct weir_span line {
        };
        done_ = !next_(ctx_, &line);
        value_.assign(line.p ? line.p : "", line.n);
    }

  private:
    int (*next_)(void *, struct weir_span *);
    void *ctx_;
    bool done_ = false;
    std::string value_;
};

// "INTERNAL: src/x.cc(12) [a >= b] What is wrong." without the place in the library.
const char *reason(const char *message)
{
    const char *behind = std::strstr(message, ")] ");
    return behind ? behind + 3 : message;
}

} // namespace

int weir_spm_train(const weir_spm_setting *settings, size_t n,
                   int (*next)(void *, struct weir_span *), void *ctx, weir_buf *model,
                   weir_err *err)
try {
    std::unordered_map<std::string, std::string> named;
    for (size_t i = 0; i < n; i++)
        named[settings[i].name] = settings[i].value;
    lines it(next, ctx);
    std::string made;
    const auto status = sentencepiece::SentencePieceTrainer::Train(named, &it, &made);
    if (!status.ok())
        return weir_err_set(err, WEIR_EUSAGE, "SentencePiece: %s", reason(status.error_message()));
    weir_buf_add(model, made.data(), made.size());
    return weir_buf_check(model, err);
} catch (const std::bad_alloc &) {
    return weir_err_set(err, WEIR_EMEM, "out of memory");
} catch (const std::exception &e) {
    return weir_err_set(err, WEIR_EFAIL, "SentencePiece: %s", e.what());
}

void weir_spm_list(weir_buf *b, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        weir_buf_adds(b, i ? ",\"" : "\"");
        for (const char *s = texts[i]; *s; s++) {
            if (*s == '"')
                weir_buf_addc(b, '"');
            weir_buf_addc(b, *s);
        }
        weir_buf_addc(b, '"');
    }
}
