/* SPDX-License-Identifier: ISC */
/* sroamctl help: the commands of the parser's table, with what they do. */
#include <stdbool.h>
#include <string.h>

#include "sroamctl/help.h"
#include "sroamctl/parser.h"

#define WIDTH	"26"

struct help {
	FILE		*out;
	int		 argc;		/* the words that are asked for */
	char *const	*argv;
	unsigned int	 n;		/* commands so far */
};

static void	each(const char *, void *);
static bool	begins(const char *, int, char *const *);

static const struct {
	const char	*command, *text;
} texts[] = {
	{ "clear lease ADDRESS", "forget a lease, in the whole network" },
	{ "clear lease MAC", "forget all leases of a station" },
	{ "clear router ROUTER", "forget a router that is gone" },
	{ "disassociate MAC", "drop a station here: it has to join again" },
	{ "help", "commands, or those that begin so: help clear" },
	{ "log brief", "log changes and errors only" },
	{ "log verbose", "log messages and decisions, too" },
	{ "monitor", "events as they come: all, or some: monitor roam" },
	{ "reload", "read the configuration again" },
	{ "retire", "tell stations that the network ends" },
	{ "show interfaces", "with stations: state, gateways, frames" },
	{ "show leases", "addresses and prefixes, and whose they are" },
	{ "show memory", "of the daemon's processes" },
	{ "show metrics", "all counters, for a monitoring system" },
	{ "show networks", "stations and leases of each network" },
	{ "show peers", "sessions with other routers" },
	{ "show roams", "the last ones, in the whole network" },
	{ "show routers", "of the network, and what they have" },
	{ "show routes", "to stations, as set in the kernel" },
	{ "show stations", "where they are, with addresses" },
	{ "show status", "this router, and its counters" }
};

const char *
help_text(const char *command)
{
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].command, command) == 0)
			return texts[i].text;
	return NULL;
}

int
help_print(FILE *out, int argc, char *const argv[])
{
	struct help h = { out, argc, argv, 0 };

	command_each(each, &h);
	return h.n > 0 ? 0 : -1;
}

static void
each(const char *command, void *arg)
{
	const char *text = help_text(command);
	struct help *h = arg;

	if (!begins(command, h->argc, h->argv))
		return;
	fprintf(h->out, "%-" WIDTH "s%s\n", command, text != NULL ? text : "");
	h->n++;
}

/* Words may be abbreviated, as in a command. */
static bool
begins(const char *command, int argc, char *const argv[])
{
	size_t len;
	int i;

	for (i = 0; i < argc; i++) {
		len = strlen(argv[i]);
		if (strncmp(command, argv[i], len) != 0 ||
		    strchr(argv[i], ' ') != NULL)
			return false;
		command += strcspn(command, " ");
		command += *command == ' ';
	}
	return true;
}
