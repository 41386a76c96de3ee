/* The terminal of a dialogue: lines that are edited, with history (libedit), and Ctrl-C.  Where
 * standard input is no terminal its lines are read as they are. */
#ifndef WEIR_INFER_TERMINAL_H
#define WEIR_INFER_TERMINAL_H

#include "weir/infer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct terminal terminal;

/* Takes SIGINT until terminal_close(); one at a time.  The history is kept in
 * $XDG_STATE_HOME/weir/infer_history, else in ~/.local/state. */
terminal *terminal_open(struct weir_err *err);
/* Saves the history.  t may be NULL. */
void terminal_close(terminal *t);
const struct weir_infer_terminal *terminal_face(const terminal *t);

#ifdef __cplusplus
}
#endif
#endif
