/* SPDX-License-Identifier: ISC */
/* How the daemon goes into the background, without -d. */
#ifndef SROAMD_BACKGROUND_H
#define SROAMD_BACKGROUND_H

/* From here on the process that started us waits. */
void	background_enter(void);
/*
 * That process exits with status 0, and we leave the terminal.  Without enter:
 * nothing.
 */
void	background_started(void);
#endif
