/* SPDX-License-Identifier: ISC */
/* The text of sroamctl help. */
#ifndef SROAMCTL_HELP_H
#define SROAMCTL_HELP_H

#include <stdio.h>

/* What a command does, by its words as in the manual; NULL: no such command. */
const char	*help_text(const char *command);
/* All commands that begin with these words; 0, or -1: there are none. */
int		 help_print(FILE *, int argc, char *const argv[]);
#endif
