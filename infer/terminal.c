#include "infer/terminal.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY = 1000 }; // lines

struct terminal {
    struct weir_infer_terminal face;
    EditLine *edit; // NULL: standard input is no terminal
    History *history;
    char *path; // of the history; NULL: it is not kept
    int again;  // the prompt is of a line that goes on
    struct sigaction before;
    char *raw; // getline()'s
    size_t cap_raw;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static int is_stopped(void *ctx)
{
    const int was = interrupted;
    (void)ctx;
    interrupted = 0;
    return was;
}

static void say(void *ctx, const char *text)
{
    (void)ctx;
    for (size_t n = strlen(text); n;) {
        const ssize_t put = write(STDERR_FILENO, text, n);
        if (put < 0 && errno != EINTR)
            return;
        text += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
}

static char *prompt(EditLine *e)
{
    static char first[] = "> ", more[] = ". ";
    terminal *t;
    el_get(e, EL_CLIENTDATA, &t);
    return t->again ? more : first;
}

static int read_plain(terminal *t, struct weir_buf *line, struct weir_err *err)
{
    errno = 0;
    ssize_t n = getline(&t->raw, &t->cap_raw, stdin);
    if (n < 0)
        return ferror(stdin) ? weir_err_errno(err, "standard input") : 0;
    weir_buf_add(line, t->raw, (size_t)n - (n && t->raw[n - 1] == '\n'));
    return 1;
}

/* Ctrl-C at the prompt leaves the line. */
static int read_line(void *ctx, int again, struct weir_buf *line, struct weir_err *err)
{
    terminal *t = ctx;
    HistEvent event;
    int n = 0;
    t->again = again;
    if (!t->edit)
        return read_plain(t, line, err);
    const char *typed = el_gets(t->edit, &n);
    if (!typed && is_stopped(t)) {
        el_reset(t->edit);
        say(t, "\n");
        return 1;
    }
    if (!typed || n <= 0) {
        say(t, "\n");
        return 0;
    }
    const size_t len = (size_t)n - (typed[n - 1] == '\n');
    weir_buf_add(line, typed, len);
    if (len)
        history(t->history, &event, H_ENTER, typed);
    is_stopped(t);
    return 1;
}

/* ---- history ---- */

static char *history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    struct weir_buf b = {0};
    if (state && *state)
        weir_buf_addf(&b, "%s", state);
    else if (home && *home)
        weir_buf_addf(&b, "%s/.local/state", home);
    else
        return NULL;
    weir_buf_adds(&b, "/weir/infer_history");
    weir_buf_addc(&b, '\0');
    if (b.failed) {
        weir_buf_free(&b);
        return NULL;
    }
    /* Folders that are not there yet; what cannot be made is noticed when the file is not. */
    for (char *p = strchr(b.p + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(b.p, 0700);
        *p = '/';
    }
    return b.p;
}

static int open_editor(terminal *t, struct weir_err *err)
{
    HistEvent event;
    setlocale(LC_CTYPE, "");
    t->history = history_init();
    t->edit = t->history ? el_init("weir-infer", stdin, stderr, stderr) : NULL;
    if (!t->edit)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    el_set(t->edit, EL_CLIENTDATA, t);
    el_set(t->edit, EL_PROMPT, prompt);
    el_set(t->edit, EL_EDITOR, "emacs");
    el_set(t->edit, EL_HIST, history, t->history);
    el_source(t->edit, NULL); // the user's ~/.editrc
    history(t->history, &event, H_SETSIZE, HISTORY);
    if ((t->path = history_path()))
        history(t->history, &event, H_LOAD, t->path);
    return 0;
}

terminal *terminal_open(struct weir_err *err)
{
    terminal *t = calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->face = (struct weir_infer_terminal){t, read_line, say, is_stopped};
    const struct sigaction on = {.sa_handler = on_interrupt}; // no SA_RESTART: reads come back
    sigaction(SIGINT, &on, &t->before);
    if (!isatty(STDIN_FILENO) || !open_editor(t, err))
        return t;
    terminal_close(t);
    return NULL;
}

void terminal_close(terminal *t)
{
    HistEvent event;
    if (!t)
        return;
    sigaction(SIGINT, &t->before, NULL);
    if (t->edit && t->path)
        history(t->history, &event, H_SAVE, t->path);
    if (t->edit)
        el_end(t->edit);
    if (t->history)
        history_end(t->history);
    free(t->path);
    free(t->raw);
    free(t);
}

const struct weir_infer_terminal *terminal_face(const terminal *t)
{
    return &t->face;
}
