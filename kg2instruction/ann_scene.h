/* Where a triple's head and tail stand, the words around them, and where among these a cue is. */
#ifndef WEIR_ANN_SCENE_H
#define WEIR_ANN_SCENE_H

#include "kg2instruction/ann_doc.h"

enum {
    ANN_BETWEEN = 180,    // bytes between head and tail, at most, for high
    ANN_BESIDE_TAIL = 24, // bytes from the tail to a cue on its far side
    ANN_OPENING = 16,     // bytes in which a sentence's first word ends
};

struct ann_scene {
    const struct ann_doc *d;
    const struct ann_mark *h, *t, *a, *b; // head, tail; a of both before b
    const struct ann_range *s;            // the tail's sentence
    size_t from, end;                     // what lies between a and b
};

struct ann_scene ann_scene_of(const struct ann_doc *d, const struct ann_triple *t);
size_t ann_least(size_t a, size_t b);
/* Does one of the words (a list as of cues) stand in folded from … end - 1? */
int ann_says(const struct ann_doc *d, const char *words, size_t from, size_t end);
/* Does one of the words (a list as of cues) end right before the place, spaces aside? */
int ann_says_before(const struct ann_doc *d, const char *words, size_t from, size_t at);
/* Words before the mark that make it no subject of its clause: "an influence on X was …". */
int ann_is_object(const struct ann_scene *c, const struct ann_mark *m);
/* Where a cue of the relation stands, which goes into t: 2 where it says head and tail, 1 elsewhere
 * in the sentence, 0: there is none. */
int ann_cue_place(const struct ann_scene *c, const struct ann_relation *r, struct ann_triple *t);

#endif
