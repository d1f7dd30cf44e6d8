/* SPDX-License-Identifier: ISC */
/*
 * A child shows that its loop turns: what the parent writes to a socket of
 * their own comes back.  No other message waits before it, on neither side.
 */
#ifndef SROAMD_PROC_ALIVE_H
#define SROAMD_PROC_ALIVE_H

struct alive;
struct event_base;

/* Takes the socket over. */
struct alive	*alive_new(struct event_base *, int fd);
void		 alive_free(struct alive *);
#endif
