/* SPDX-License-Identifier: ISC */
/* The way into the background, for who is not told to stay (-d). */
#ifndef SROAMD_BACKGROUND_H
#define SROAMD_BACKGROUND_H

/* From here on, whoever started us waits. */
void	background_enter(void);
/* It goes on, with status 0; the terminal is left.  Without enter: nothing. */
void	background_started(void);
#endif
