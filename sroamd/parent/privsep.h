/* SPDX-License-Identifier: ISC */
/* The user and the root folder of the children. */
#ifndef SROAMD_PRIVSEP_H
#define SROAMD_PRIVSEP_H

/* Each: 0, or -1 and a line in the log. */
int	privsep_user(const char *);	/* exists, and is not root */
int	privsep_folder(const char *);	/* made if missing; root's, empty */
#endif
