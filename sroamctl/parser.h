/* SPDX-License-Identifier: ISC */
/*
 * The commands of sroamctl: one table of words is the grammar, the help and
 * what the shell completes.
 */
#ifndef SROAMCTL_PARSER_H
#define SROAMCTL_PARSER_H

#include <stddef.h>

#include "common/ctl.h"

/* show metrics: has no request of its own, but makes several. */
#define COMMAND_METRICS	CTL_REQUESTS

struct command {
	enum ctl_type		type;
	struct ctl_request	request;
};

/*
 * The words of a command line; any unique beginning of a word will do.  0,
 * or -1 and in why what is wrong and which words would be right.
 */
int	command_parse(int argc, char *const argv[], struct command *, char *why,
	    size_t size);
/* Call f with each command, spelled out as in the manual. */
void	command_each(void (*f)(const char *command, void *arg), void *arg);
#endif
