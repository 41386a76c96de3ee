/* The CUDA backend on a real device against the engine's own loops; skipped where there is none. */
#include "backend_compare.h"

int main()
{
    const model_shape &first = all_shapes()[0];
    char why[300];
    for (const model_shape &s : all_shapes()) {
        random_model r(s);
        struct weir_err err = {};
        struct backend *b = nullptr;
        if (backend_open(&b, BACKEND_CUDA, 1, &r.m, why, sizeof why, &err)) {
            printf("no GPU: %s\n", err.msg);
            return &s == &first ? 77 : 1;
        }
        twins t(s, engine_new(&r.m, 1, 64 << 20, nullptr, &err), engine_new_on(&r.m, b, &err));
        t.steps();
        printf("%s: logits at most %.1e of the largest off\n", s.name,
               static_cast<double>(t.worst));
    }
    return 0;
}
