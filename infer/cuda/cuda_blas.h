/* cuBLAS, opened when the program runs. */
#ifndef WEIR_INFER_CUDA_BLAS_H
#define WEIR_INFER_CUDA_BLAS_H

#include <dlfcn.h>
#include "infer/cuda/simt.h"
#include "infer/model.h"

#if __has_include(<cublas_v2.h>)
#include <cublas_v2.h>
#define HAVE_CUBLAS 1
#else
#define HAVE_CUBLAS 0
#endif

namespace SIMT_SPACE
{

#if HAVE_CUBLAS

#define BLAS_TEXT_(x) #x
#define BLAS_TEXT(x)  BLAS_TEXT_(x)

struct blas {
    cublasHandle_t handle = nullptr;
    decltype(&cublasCreate) create = nullptr;
    decltype(&cublasDestroy) destroy = nullptr;
    decltype(&cublasSetStream) set_stream = nullptr;
    /* As cublas_api.h has it; for C++ the toolkit overloads the name. */
    using gemm_ex = cublasStatus_t (*)(cublasHandle_t, cublasOperation_t, cublasOperation_t, int,
                                       int, int, const void *, const void *, cudaDataType, int,
                                       const void *, cudaDataType, int, const void *, void *,
                                       cudaDataType, int, cublasComputeType_t, cublasGemmAlgo_t);
    gemm_ex gemm = nullptr;

    template <class F> static bool find(void *file, F *f, const char *name)
    {
        *f = reinterpret_cast<F>(dlsym(file, name));
        return *f != nullptr;
    }
    /* Without the library, or where it does not work, the other ways are taken. */
    void open(cudaStream_t stream)
    {
        static const char name[] = "libcublas.so." BLAS_TEXT(CUBLAS_VER_MAJOR);
        void *file = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (!file)
            file = dlopen("/usr/local/cuda/lib64/libcublas.so." BLAS_TEXT(CUBLAS_VER_MAJOR),
                          RTLD_NOW | RTLD_LOCAL);
        if (file && find(file, &create, BLAS_TEXT(cublasCreate)) &&
            find(file, &destroy, BLAS_TEXT(cublasDestroy)) &&
            find(file, &set_stream, BLAS_TEXT(cublasSetStream)) &&
            find(file, &gemm, BLAS_TEXT(cublasGemmEx)) &&
            create(&handle) == CUBLAS_STATUS_SUCCESS &&
            set_stream(handle, stream) == CUBLAS_STATUS_SUCCESS)
            return;
        close();
    }
    void close()
    {
        if (handle)
            destroy(handle);
        handle = nullptr; // the library stays: it has work to do when the program ends
    }
    bool is_open() const
    {
        return handle != nullptr;
    }
    /* cuBLAS counts columns first: our rows of W are its columns, turned. */
    int multiply(int type, const void *w, size_t stride_w, unsigned rows, unsigned cols,
                 const void *x, unsigned n, float *y, size_t stride_y, struct weir_err *err)
    {
        const float one = 1, none = 0;
        const cudaDataType_t t = type == MATRIX_F32   ? CUDA_R_32F
                                 : type == MATRIX_F16 ? CUDA_R_16F
                                                      : CUDA_R_16BF;
        const cublasStatus_t status =
            gemm(handle, CUBLAS_OP_T, CUBLAS_OP_N, static_cast<int>(rows), static_cast<int>(n),
                 static_cast<int>(cols), &one, w, t, static_cast<int>(stride_w), x, t,
                 static_cast<int>(cols), &none, y, CUDA_R_32F, static_cast<int>(stride_y),
                 CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
        return status == CUBLAS_STATUS_SUCCESS
                   ? 0
                   : weir_err_set(err, WEIR_EFAIL, "cuBLAS: status %d", static_cast<int>(status));
    }
};

#else

struct blas {
    void open(cudaStream_t)
    {
    }
    void close()
    {
    }
    bool is_open() const
    {
        return false;
    }
    int multiply(int, const void *, size_t, unsigned, unsigned, const void *, unsigned, float *,
                 size_t, struct weir_err *err)
    {
        return weir_err_set(err, WEIR_EFAIL, "built without cuBLAS");
    }
};

#endif

} // namespace SIMT_SPACE

#endif
