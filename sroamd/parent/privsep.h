/* SPDX-License-Identifier: ISC */
/* Whom the children become and what they are shut in. */
#ifndef SROAMD_PRIVSEP_H
#define SROAMD_PRIVSEP_H

/* Each: 0, or -1 and a line in the log. */
int	privsep_user(const char *);	/* is there, and is not root */
int	privsep_folder(const char *);	/* is made; root's, empty */
#endif
