/* Names that are words: those a text uses so often that as a name they are mostly wrong.  Ours for
 * Chinese and English, and files of users (--stop). */
#ifndef WEIR_ANN_STOP_H
#define WEIR_ANN_STOP_H

#include "kg2instruction/kg_fold.h"

typedef struct ann_stop ann_stop; // read-only once open

/* path: a name a line, with whatever a tab divides from it behind; NULL for ours alone. */
ann_stop *ann_stop_open(const char *path, const kg_fold *fold, struct weir_err *err);
void ann_stop_close(ann_stop *s);
int ann_stop_has(const ann_stop *s, struct weir_span key);

#endif
