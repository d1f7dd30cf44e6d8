/* SPDX-License-Identifier: ISC */
/* The frontend: connects its parts and the other processes. */
#ifndef SROAMD_FRONTEND_H
#define SROAMD_FRONTEND_H

struct child;
struct frontend;

/* The channel to the parent, links and control socket. */
struct frontend	*frontend_new(struct child *);
void		 frontend_free(struct frontend *);
#endif
