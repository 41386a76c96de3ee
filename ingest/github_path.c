#include "ingest/github_rules.h"

#include <string.h>
#include <strings.h>

/* Folders whose content was written elsewhere; the names that Linguist's vendor.yml lists, as whole
 * path components. */
static const char *const vendored_folders[] = {
    "node_modules", "bower_components", "jspm_packages", "vendor",        "vendors",
    "third_party",  "third-party",      "thirdparty",    "3rdparty",      "3rd_party",
    "3rd-party",    "extern",           "external",      "externals",     "godeps",
    "pods",         "carthage",         "site-packages", "dist-packages", ".venv",
    "venv",         "virtualenv",       "__pycache__",   ".tox",          ".eggs",
    ".yarn",        ".gradle",          ".bundle",       ".cargo",
};
static const char *const vendored_files[] = {
    "configure",      "config.guess", "config.sub",  "ltmain.sh",    "aclocal.m4", "install-sh",
    "missing",        "depcomp",      "libtool.m4",  "ltoptions.m4", "ltsugar.m4", "ltversion.m4",
    "lt~obsolete.m4", "gradlew",      "gradlew.bat", "mvnw",         "mvnw.cmd",   "waf",
};
/* Libraries that pages carry along: NAME.js, NAME-1.2.3.js, NAME.min.css … */
static const char *const vendored_scripts[] = {
    "jquery",         "bootstrap", "angular",      "react-dom",   "modernizr",
    "prototype",      "mootools",  "font-awesome", "fontawesome", "normalize",
    "highlight.pack", "mathjax",   "html5shiv",
};
static const char *const generated_files[] = {
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lockb",
    "composer.lock",
    "gemfile.lock",
    "cargo.lock",
    "poetry.lock",
    "pipfile.lock",
    "pdm.lock",
    "uv.lock",
    "go.sum",
    "go.work.sum",
    "mix.lock",
    "flake.lock",
    "pubspec.lock",
    "podfile.lock",
    "deno.lock",
    "gradle.lockfile",
    "packages.lock.json",
    ".terraform.lock.hcl",
    "conan.lock",
    "paket.lock",
    "elm-stuff",
    ".pnp.cjs",
    ".pnp.loader.mjs",
};
static const char *const generated_ends[] = {
    ".min.js",
    ".min.mjs",
    ".min.css",
    "-min.js",
    ".bundle.js",
    ".map",
    ".pb.go",
    ".pb.gw.go",
    ".pb.cc",
    ".pb.h",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    "_pb.js",
    "_pb.d.ts",
    ".pb.swift",
    ".pbobjc.h",
    ".pbobjc.m",
    ".pb.dart",
    ".pbjson.dart",
    ".g.dart",
    ".freezed.dart",
    ".g.cs",
    ".g.i.cs",
    ".designer.cs",
    ".designer.vb",
    ".generated.cs",
    ".generated.ts",
    "_generated.go",
    "_generated.rs",
    ".xcodeproj/project.pbxproj",
    ".nib",
    ".tsbuildinfo",
    ".snap",
};
/* Formats that hold no text for people, or other files. */
static const char *const binary_exts[] = {
    "7z",   "a",           "aac",      "ai",     "aif",     "apk",    "ar",    "avi",  "avif",
    "bin",  "blend",       "bmp",      "bz2",    "cab",     "ckpt",   "class", "cur",  "dat",
    "db",   "db3",         "deb",      "dex",    "dll",     "dmg",    "doc",   "docx", "dylib",
    "ear",  "eot",         "exe",      "fbx",    "fla",     "flac",   "flv",   "gif",  "glb",
    "gz",   "h5",          "hdf5",     "heic",   "ico",     "icns",   "iso",   "jar",  "jpeg",
    "jpg",  "jks",         "keystore", "ko",     "lib",     "lz",     "lz4",   "lzma", "mdb",
    "mid",  "mkv",         "mo",       "mov",    "mp3",     "mp4",    "mpeg",  "mpg",  "msi",
    "npy",  "npz",         "nupkg",    "o",      "odp",     "ods",    "odt",   "ogg",  "onnx",
    "otf",  "parquet",     "pb",       "pdb",    "pdf",     "pickle", "pkl",   "png",  "ppt",
    "pptx", "psd",         "pt",       "pth",    "pyc",     "pyd",    "pyo",   "rar",  "rdb",
    "rpm",  "safetensors", "so",       "sqlite", "sqlite3", "swf",    "tar",   "tga",  "tgz",
    "tif",  "tiff",        "ttc",      "ttf",    "war",     "wasm",   "wav",   "webm", "webp",
    "wma",  "wmv",         "woff",     "woff2",  "xcf",     "xls",    "xlsx",  "xz",   "z",
    "zip",  "zst",
};

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

static int same(struct weir_span s, const char *word)
{
    return strlen(word) == s.n && !strncasecmp(s.p, word, s.n);
}

static int is_one_of(struct weir_span s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (same(s, list[i]))
            return 1;
    }
    return 0;
}

static int ends_in(struct weir_span s, const char *end)
{
    const size_t n = strlen(end);
    return s.n >= n && !strncasecmp(s.p + s.n - n, end, n);
}

static int ends_in_one_of(struct weir_span s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ends_in(s, list[i]))
            return 1;
    }
    return 0;
}

int github_is_vcs(struct weir_span name)
{
    static const char *const vcs[] = {".git", ".hg", ".svn", ".bzr", "CVS", "_darcs", ".jj"};
    for (size_t i = 0; i < N_OF(vcs); i++) {
        if (weir_span_is(name, vcs[i]))
            return 1;
    }
    return 0;
}

static const char *folder_reason(struct weir_span name, size_t depth)
{
    if (github_is_vcs(name))
        return "vcs";
    if (is_one_of(name, vendored_folders, N_OF(vendored_folders)))
        return "vendored";
    /* A repository's own folder of dependencies; deeper ones may mean other things. */
    if (depth <= 1 && (same(name, "deps") || same(name, "dependencies")))
        return "vendored";
    return NULL;
}

/* "jquery-3.7.1.slim.js" but not "jquery_plugin_of_ours.js". */
static int is_vendored_script(struct weir_span name)
{
    if (!ends_in(name, ".js") && !ends_in(name, ".css"))
        return 0;
    for (size_t i = 0; i < N_OF(vendored_scripts); i++) {
        const size_t n = strlen(vendored_scripts[i]);
        if (name.n > n && !strncasecmp(name.p, vendored_scripts[i], n) &&
            (name.p[n] == '.' ||
             (name.p[n] == '-' && n + 1 < name.n && name.p[n + 1] >= '0' && name.p[n + 1] <= '9')))
            return 1;
    }
    return 0;
}

static const char *file_reason(struct weir_span name)
{
    if (is_one_of(name, vendored_files, N_OF(vendored_files)) || is_vendored_script(name))
        return "vendored";
    if (is_one_of(name, generated_files, N_OF(generated_files)) ||
        ends_in_one_of(name, generated_ends, N_OF(generated_ends)))
        return "generated";
    const char *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;
    if (dot && is_one_of(weir_span(dot + 1, (size_t)(name.p + name.n - dot - 1)), binary_exts,
                         N_OF(binary_exts)))
        return "binary";
    return NULL;
}

const char *github_path_reason(struct weir_span path)
{
    size_t start = 0, depth = 0;
    if (!path.n)
        return NULL;
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] != '/')
            continue;
        const char *reason = folder_reason(weir_span(path.p + start, i - start), depth);
        if (reason)
            return reason;
        depth += i > start && !weir_span_is(weir_span(path.p + start, i - start), ".");
        start = i + 1;
    }
    return file_reason(weir_span(path.p + start, path.n - start));
}
