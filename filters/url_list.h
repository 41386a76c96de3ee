/* Block lists of hosts and URLs, millions of entries: sorted 64-bit hashes, 8 bytes each.  A lookup
 * is exact unless two hashes collide (of ten million entries and a billion lookups, once in 1,800
 * runs). */
#ifndef WEIR_URL_LIST_H
#define WEIR_URL_LIST_H

#include "weir/buf.h"

typedef struct url_list url_list;

/* What was read of a file. */
struct url_list_count {
    uint64_t n_entries, n_lines;
    uint64_t n_bad, first_bad; // lines that are no entry, and the line of the first
};

url_list *url_list_new(struct weir_err *err);
void url_list_free(url_list *l);
/* Adds a file's entries; memory bounds what the list may take while it is read (0: nothing does).
 * A line is one of
 *
 *     host                     the host and all below it; *.host and .host are the same
 *     host/path, URL           URLs of that host, or of www.host, whose path begins so
 *     0.0.0.0 host [host…]     a hosts file; its names for the machine itself are passed over
 *     ||host^[$options]        an Adblock list's; its other lines are no entries
 *
 * with "#" or "!" for comments.  Errors: WEIR_EIO, WEIR_EMEM, and WEIR_EBAD when more than half of
 * the lines are no entries. */
int url_list_read(url_list *l, const char *path, uint64_t memory, struct url_list_count *count,
                  struct weir_err *err);
/* After the last file, before the first lookup. */
void url_list_sort(url_list *l);
size_t url_list_size(const url_list *l);
uint64_t url_list_memory(const url_list *l);
/* 1 when url ("host", "host/path", with scheme, user and port or not) is listed; *entry is then the
 * part of url that stands in the list. */
int url_list_has(const url_list *l, struct weir_span url, struct weir_span *entry);
/* The first link of text (http://, https://, www.) at or behind *at; *at is then behind it.
 * Returns 1, or 0 when there is none. */
int url_list_next_link(struct weir_span text, size_t *at, struct weir_span *url);

#endif
