/* SPDX-License-Identifier: ISC */
/*
 * The commands of sroamctl: one table of words is the grammar, the help and
 * the completion of the shell.
 */
#ifndef SROAMCTL_PARSER_H
#define SROAMCTL_PARSER_H

#include <stddef.h>

#include "common/ctl.h"

/* show metrics: not a request of its own; it sends several. */
#define COMMAND_METRICS	CTL_REQUESTS
/* help: no request; what follows it is not parsed. */
#define COMMAND_HELP	(CTL_REQUESTS + 1)

struct command {
	enum ctl_type		type;
	struct ctl_request	request;
};

/*
 * The words of a command line; an unambiguous abbreviation of a word will do.
 * 0, or -1, and in `why` what is wrong and which words would be right.
 */
int	command_parse(int argc, char *const argv[], struct command *, char *why,
	    size_t size);
/* Call f with each command, written out as in the manual. */
void	command_each(void (*f)(const char *command, void *arg), void *arg);
#endif
