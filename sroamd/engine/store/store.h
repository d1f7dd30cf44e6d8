/* SPDX-License-Identifier: ISC */
/*
 * The table on disk: changes that the core announces are written in batches, a
 * fraction of a second later.
 */
#ifndef SROAMD_STORE_H
#define SROAMD_STORE_H

#include <stddef.h>

#include "conf/conf.h"
#include "table/store_cursor.h"

struct event_base;
struct store;

/*
 * Before the sandbox: the file in `dir`, which log lines show as `shown`, and
 * the thread that writes it.  NULL: there is no store, and the reason was
 * logged.
 */
struct store	*store_open(struct event_base *, const char *dir,
		    const char *shown);
/* The descriptors by which it writes; how many. */
size_t		 store_fds(const struct store *, int *, size_t max);
/* Gives the core what a former run stored; from then on changes are stored. */
void		 store_load(struct store *, struct core *, const struct conf *,
		    monotime_t now);
void		 store_conf(struct store *, const struct conf *);
/* The core's EFFECT_STORE_WAKE and EFFECT_FORGET. */
void		 store_wake(struct store *);
void		 store_forgotten(struct store *, const uint8_t *key,
		    uint8_t keylen);
/* Write the rest, within two seconds. */
void		 store_close(struct store *);
#endif
