/* Model files: safetensors made here by hand, checkpoints saved by torch 1.13 (tests/data/infer).
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/half.h"
#include "infer/tensor.h"

static struct tensors list;
static struct weir_err err;

static int read_safetensors(const char *header, size_t n_data)
{
    struct weir_buf b = {0};
    const uint64_t n = strlen(header);
    weir_buf_add(&b, &n, 8);
    weir_buf_adds(&b, header);
    for (size_t i = 0; i < n_data; i++)
        weir_buf_addc(&b, (char)i);
    tensors_free(&list);
    err = (struct weir_err){0};
    /* A copy of the exact size: reading behind it would be seen. */
    uint8_t *exact = malloc(b.n);
    memcpy(exact, b.p, b.n);
    const int rc = safetensors_read(exact, b.n, "f", &list, &err);
    weir_buf_free(&b);
    static uint8_t *kept;
    free(kept);
    kept = exact;
    return rc;
}

static void refuse(const char *header, size_t n_data, const char *why)
{
    assert(read_safetensors(header, n_data) == WEIR_EBAD);
    if (!strstr(err.msg, why)) {
        fprintf(stderr, "%s\nnot: %s\n", err.msg, why);
        abort();
    }
}

static void test_safetensors(void)
{
    assert(!read_safetensors("{\"__metadata__\":{\"format\":\"pt\"},"
                             "\"b\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[8,12]},"
                             "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                             "\"z\":{\"dtype\":\"F16\",\"shape\":[0,7],\"data_offsets\":[8,8]},"
                             "\"s\":{\"dtype\":\"I16\",\"shape\":[],\"data_offsets\":[12,14]}}  ",
                             14));
    assert(list.n == 4 && !tensors_sort(&list, &err));
    const struct tensor *b = tensors_find(&list, "b"), *s = tensors_find(&list, "s");
    assert(b->n_dims == 2 && b->shape[1] == 2 && b->n_bytes == 4 && b->dtype == TENSOR_U8);
    assert(((const uint8_t *)b->data)[0] == 8 && ((const uint8_t *)b->data)[3] == 11);
    assert(s->n_dims == 0 && s->n_bytes == 2 && !tensors_find(&list, "q"));
    assert(tensors_find(&list, "z")->n_bytes == 0);

    assert(!read_safetensors("{}", 0) && list.n == 0);
    refuse("[]", 0, "no JSON object");
    refuse("{\"a\":1}", 0, "no \"dtype\"");
    refuse("{\"a\":{\"dtype\":\"F7\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "F7 is not known");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "\"shape\"");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
           "eight at most");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "holds 4");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "bytes 8 to 0");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "its shape");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
           0, "its shape");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "do not follow");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
           "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
           3, "do not follow");
    refuse("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 3, "1 bytes behind");
    refuse("{\"a\":", 0, "header");

    err = (struct weir_err){0};
    assert(safetensors_read((const uint8_t *)"\377\377\377\377\377\377\377\377{}", 10, "f", &list,
                            &err) == WEIR_EBAD);
    err = (struct weir_err){0};
    assert(safetensors_read((const uint8_t *)"abc", 3, "f", &list, &err) == WEIR_EBAD);
}

static void test_same_name(void)
{
    assert(!read_safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                             "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                             2));
    assert(tensors_sort(&list, &err) == WEIR_EBAD);
    tensors_free(&list);
}

/* ---- torch ---- */

static struct mapped file;

static int read_torch(const char *name)
{
    char path[300];
    const char *src = getenv("SRC");
    snprintf(path, sizeof path, "%s/tests/data/infer/%s", src ? src : ".", name);
    mapped_close(&file);
    tensors_free(&list);
    err = (struct weir_err){0};
    assert(!mapped_open(&file, path, &err));
    return torch_read(file.p, file.n, name, &list, &err);
}

static float float_at(const struct tensor *t, size_t i)
{
    float f;
    memcpy(&f, (const char *)t->data + 4 * i, 4);
    return f;
}

static uint16_t half_at(const struct tensor *t, size_t i)
{
    uint16_t h;
    memcpy(&h, (const char *)t->data + 2 * i, 2);
    return h;
}

static void test_torch(void)
{
    assert(!read_torch("tiny.bin") && list.n == 6 && !tensors_sort(&list, &err));
    const struct tensor *t = tensors_find(&list, "b.weight");
    assert(t->dtype == TENSOR_F32 && t->n_dims == 2 && t->shape[0] == 2 && t->shape[1] == 3);
    for (size_t i = 0; i < 6; i++)
        assert(float_at(t, i) == (float)i * 0.5f);
    t = tensors_find(&list, "a.half");
    assert(t->dtype == TENSOR_F16 && half_to_float(half_at(t, 2)) == 65504);
    t = tensors_find(&list, "c.bf16");
    assert(t->dtype == TENSOR_BF16 && bf16_to_float(half_at(t, 1)) == -3);
    t = tensors_find(&list, "scalar");
    assert(t->dtype == TENSOR_I64 && t->n_dims == 0 && *(const char *)t->data == 7);
    t = tensors_find(&list, "empty");
    assert(t->n_bytes == 0 && t->shape[1] == 4);
    t = tensors_find(&list, "view"); // of a larger storage
    assert(t->shape[0] == 4 && float_at(t, 0) == 3 && float_at(t, 3) == 6);

    assert(!read_torch("module.bin") && list.n == 2); // an OrderedDict with _metadata
    assert(!tensors_sort(&list, &err));
    assert(float_at(tensors_find(&list, "weight"), 1) == -0.5f);
    assert(float_at(tensors_find(&list, "bias"), 0) == 2);
}

static void refuse_torch(const char *name, const char *why)
{
    assert(read_torch(name) == WEIR_EBAD);
    if (!strstr(err.msg, why)) {
        fprintf(stderr, "%s: %s\nnot: %s\n", name, err.msg, why);
        abort();
    }
}

static void test_torch_refused(void)
{
    refuse_torch("nested.bin", "model is no tensor");
    refuse_torch("transposed.bin", "contiguous");
    refuse_torch("whole_module.bin", "torch.nn.modules.linear.Linear");
    refuse_torch("old.bin", "before torch 1.6");
    /* Every shorter file is refused, and read no further than it is long. */
    assert(!read_torch("tiny.bin"));
    for (uint64_t n = 0; n < file.n; n += 13) {
        uint8_t *cut = malloc(n + 1);
        memcpy(cut, file.p, n);
        err = (struct weir_err){0};
        tensors_free(&list);
        assert(torch_read(cut, n, "cut", &list, &err) == WEIR_EBAD);
        free(cut);
    }
}

/* Every half there is, against its definition; every float near the borders between two halves. */
static void test_half(void)
{
    for (uint32_t h = 0; h < 0x10000; h++) {
        const unsigned exponent = h >> 10 & 31, fraction = h & 1023;
        const float sign = h >> 15 ? -1.0f : 1.0f, f = half_to_float((uint16_t)h);
        if (exponent == 31) {
            assert(fraction ? f != f : f == sign / 0.0f);
            continue;
        }
        double want = exponent ? 1024 + fraction : fraction;
        for (unsigned e = exponent ? exponent : 1; e < 25; e++)
            want /= 2;
        for (unsigned e = 25; e < exponent; e++)
            want *= 2;
        assert(f == sign * (float)want && half_from_float(f) == h);
        if (exponent == 30 && fraction == 1023)
            continue;
        const float next = half_to_float((uint16_t)(h + 1)), middle = (f + next) / 2;
        const uint16_t even = (uint16_t)(h & 1 ? h + 1 : h);
        assert(half_from_float(middle) == even);
        assert(half_from_float(middle + (f - middle) / 1024) == h);
        assert(half_from_float(middle + (next - middle) / 1024) == h + 1);
    }
    assert(half_from_float(65520) == 0x7C00 && half_from_float(65519.9f) == 0x7BFF);
    assert(bf16_from_float(1.0f) == 0x3F80 && bf16_from_float(float_of_bits(0x3F808000)) == 0x3F80);
    assert(bf16_from_float(float_of_bits(0x3F818000)) == 0x3F82);
}

int main(void)
{
    test_safetensors();
    test_same_name();
    test_torch();
    test_torch_refused();
    test_half();
    mapped_close(&file);
    tensors_free(&list);
    return 0;
}
