/* SPDX-License-Identifier: ISC */
/*
 * A copy of the files of the tree that are the caller's and nobody else's to
 * read: a clone may be another user's than who runs the tests.
 */
#ifndef REGRESS_OWN_COPY_H
#define REGRESS_OWN_COPY_H

void	own_copy_enter(void);	/* the working directory is the copy */
void	own_copy_leave(void);	/* the tree again */
void	own_copy_remove(void);
#endif
