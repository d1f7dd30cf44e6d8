/* SPDX-License-Identifier: ISC */
/* sroamctl's command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sroamctl/help.h"
#include "sroamctl/parser.h"

#define WORDS	6

struct row {
	const char	*line;
	enum ctl_type	 type;		/* CTL_NONE: refused */
	const char	*text;		/* the request, or the error */
};

static const struct row rows[] = {
	/* whole words, and any unambiguous abbreviation */
	{ "show status", CTL_SHOW_STATUS, "" },
	{ "show leases", CTL_SHOW_LEASES, "" },
	{ "show stations", CTL_SHOW_STATIONS, "" },
	{ "show peers", CTL_SHOW_PEERS, "" },
	{ "show interfaces", CTL_SHOW_INTERFACES, "" },
	{ "show routes", CTL_SHOW_ROUTES, "" },
	{ "show routers", CTL_SHOW_ROUTERS, "" },
	{ "show roa", CTL_SHOW_ROAMS, "" },
	{ "show memory", CTL_SHOW_MEMORY, "" },
	{ "sh n", CTL_SHOW_NETWORKS, "" },
	{ "s i", CTL_SHOW_INTERFACES, "" },
	{ "sh statu", CTL_SHOW_STATUS, "" },
	{ "sh stati", CTL_SHOW_STATIONS, "" },
	{ "rel", CTL_RELOAD, "" },
	{ "ret", CTL_RETIRE, "" },
	{ "help", COMMAND_HELP, "" },
	{ "h sh r", COMMAND_HELP, "" },
	{ "log brief", CTL_LOG, "0" },
	{ "l v", CTL_LOG, "1" },
	{ "show leases 192.168.44.0/24", CTL_SHOW_LEASES, "192.168.44.0/24" },
	{ "show leases 192.168.44.7", CTL_SHOW_LEASES, "192.168.44.7/32" },
	{ "show leases 2001:db8::7", CTL_SHOW_LEASES, "2001:db8::7/128" },
	{ "show leases 02:00:00:00:00:07", CTL_SHOW_LEASES,
	    "02:00:00:00:00:07" },
	{ "show leases ap2", CTL_SHOW_LEASES, "ap2" },
	{ "show stations ap2", CTL_SHOW_STATIONS, "ap2" },
	{ "show stations 02:00:00:00:00:00:00:07", CTL_SHOW_STATIONS,
	    "02:00:00:00:00:00:00:07" },
	{ "show stations 02:00:00:00:00:07", CTL_SHOW_STATIONS,
	    "02:00:00:00:00:07" },
	{ "show roams 02:00:00:00:00:07", CTL_SHOW_ROAMS,
	    "02:00:00:00:00:07" },
	{ "show roams ap2", CTL_NONE, "ap2: not understood, valid here: MAC" },
	{ "show stations ap1 ap2", CTL_NONE, "ap2: nothing may follow "
	    "\"ap1\"" },
	/* a list of words, or none */
	{ "monitor", CTL_MONITOR, "0" },
	{ "m roam", CTL_MONITOR, "16" },
	{ "mon join leave roa renew", CTL_MONITOR, "1052" },
	{ "monitor roam roam", CTL_MONITOR, "16" },
	/* arguments */
	{ "disassociate 02:00:00:00:00:07", CTL_DISASSOCIATE,
	    "02:00:00:00:00:07" },
	{ "clear lease 02:00:00:00:00:07", CTL_CLEAR_LEASE,
	    "02:00:00:00:00:07" },
	{ "clear lease 192.168.44.17", CTL_CLEAR_LEASE, "192.168.44.17/32" },
	{ "c l 192.168.44.17/32", CTL_CLEAR_LEASE, "192.168.44.17/32" },
	{ "clear lease 2001:db8:1:2::/64", CTL_CLEAR_LEASE,
	    "2001:db8:1:2::/64" },
	{ "clear lease 2001:db8:1:20::/60", CTL_CLEAR_LEASE,
	    "2001:db8:1:20::/60" },
	{ "clear lease 2001:db8:1:2::17", CTL_CLEAR_LEASE,
	    "2001:db8:1:2::/64" },
	{ "monitor walk", CTL_NONE, "walk: not understood, valid here: "
	    "present, live, join, leave, roam, flap, duplicate, network-change, "
	    "lease, address-learned, renew, release, expire, decline, "
	    "conflict, router-up, router-silent, peer-up, peer-down, warning, "
	    "reload, lost" },
	{ "monitor join re", CTL_NONE, "re: ambiguous: renew, release, "
	    "reload" },
	{ "clear router ap2", CTL_CLEAR_ROUTER, "ap2" },
	{ "clear router 02:00:00:00:00:00:00:07", CTL_CLEAR_ROUTER,
	    "02:00:00:00:00:00:00:07" },
	/* what is wrong, and what would be right */
	{ "", CTL_NONE, "command missing: clear, disassociate, help, log, "
	    "monitor, reload, retire, show" },
	{ "shwo", CTL_NONE, "shwo: not understood, valid here: clear, "
	    "disassociate, help, log, monitor, reload, retire, show" },
	{ "show", CTL_NONE, "more must follow \"show\": interfaces, leases, "
	    "memory, metrics, networks, peers, roams, routers, routes, "
	    "stations, status" },
	{ "r", CTL_NONE, "r: ambiguous: reload, retire" },
	{ "show rout", CTL_NONE, "rout: ambiguous: routers, routes" },
	{ "show stat", CTL_NONE, "stat: ambiguous: stations, status" },
	{ "show route5", CTL_NONE, "route5: not understood, valid here: "
	    "interfaces, leases, memory, metrics, networks, peers, roams, "
	    "routers, routes, stations, status" },
	{ "show me", CTL_NONE, "me: ambiguous: memory, metrics" },
	{ "show met", COMMAND_METRICS, "" },
	{ "log", CTL_NONE, "more must follow \"log\": brief, verbose" },
	{ "reload now", CTL_NONE, "now: nothing may follow \"reload\"" },
	{ "disassociate ap2", CTL_NONE, "ap2: not understood, valid here: "
	    "MAC" },
	{ "disassociate ff:ff:ff:ff:ff:ff", CTL_NONE,
	    "ff:ff:ff:ff:ff:ff: not understood, valid here: MAC" },
	{ "clear lease", CTL_NONE, "more must follow \"lease\": ADDRESS, "
	    "MAC" },
	{ "clear lease 192.168.44.0/24", CTL_NONE, "192.168.44.0/24: not "
	    "understood, valid here: ADDRESS, MAC" },
	{ "clear lease 2001:db8::/47", CTL_NONE, "2001:db8::/47: not "
	    "understood, valid here: ADDRESS, MAC" }
};

static int
split(char *line, char *argv[WORDS])
{
	int argc = 0;
	char *word;

	for (word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
		assert_int_not_equal(argc, WORDS);
		argv[argc++] = word;
	}
	return argc;
}

static void
understood(const struct command *command, char *text, size_t size)
{
	const struct ctl_request *r = &command->request;

	if (r->router[0] != '\0')
		snprintf(text, size, "%s", r->router);
	else if (r->has_prefix)
		snprintf(text, size, "%s", prefix_text(&r->prefix));
	else if (mac_is_station(&r->mac))
		snprintf(text, size, "%s", mac_text(&r->mac));
	else if (command->type == CTL_LOG || command->type == CTL_MONITOR)
		snprintf(text, size, "%u", r->number);
	else
		text[0] = '\0';
}

static void
lines_are_understood_or_refused_with_the_valid_words(void **state)
{
	char line[128], text[384], *argv[WORDS];
	struct command command;
	size_t i;
	int argc, rc;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "%s", rows[i].line);
		argc = split(line, argv);
		rc = command_parse(argc, argv, &command, text, sizeof(text));
		if (rows[i].type == CTL_NONE) {
			assert_int_equal(rc, -1);
			assert_non_null(strstr(text, rows[i].text));
			continue;
		}
		if (rc == -1)
			fail_msg("%s: %s", rows[i].line, text);
		assert_int_equal(command.type, rows[i].type);
		assert_int_equal(command.request.version, CTL_VERSION);
		understood(&command, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

/* Each command, in files that are written by hand. */
struct documents {
	char		*completion, *manual;
	unsigned int	 n;
};

static char *
contents(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *f = fopen(path, "r");

	assert_non_null(text);
	if (f == NULL)
		fail_msg("%s: run from the top of the tree", path);
	assert_true(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

static void
is_documented(const char *text, void *arg)
{
	struct documents *d = arg;
	char line[128], *argv[WORDS], entry[160];
	int argc, i;

	snprintf(line, sizeof(line), "%s", text);
	argc = split(line, argv);
	snprintf(entry, sizeof(entry), "\n.It Cm");
	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "MAC") == 0 ||
		    strcmp(argv[i], "ROUTER") == 0 ||
		    strcmp(argv[i], "ADDRESS") == 0)
			break;
		if (strstr(d->completion, argv[i]) == NULL)
			fail_msg("%s: not completed", argv[i]);
		strcat(strcat(entry, " "), argv[i]);
	}
	if (strstr(d->manual, entry) == NULL)
		fail_msg("%s: not in the manual", text);
	if (help_text(text) == NULL)
		fail_msg("%s: not in the help", text);
	d->n++;
}

static void
every_command_is_completed_and_in_the_manual(void **state)
{
	static const char *const events[] = {
#define WORD(name, word, told)	word,
		CTL_EVENT_LIST(WORD)
#undef WORD
	};
	char entry[64];
	size_t i;
	struct documents d = { contents("etc/sroamctl.bash"),
	    contents("man/sroamctl.8"), 0 };

	(void)state;
	command_each(is_documented, &d);
	for (i = 0; i < CTL_EVENTS; i++) {
		snprintf(entry, sizeof(entry), "\n.It Cm %s\n", events[i]);
		if (strstr(d.completion, events[i]) == NULL ||
		    strstr(d.manual, entry) == NULL)
			fail_msg("event %s: not described", events[i]);
	}
	assert_int_equal(d.n, CTL_REQUESTS - 1 + 4);
	free(d.completion);
	free(d.manual);
}

static void
help_has_the_commands_that_begin_so(void **state)
{
	char line[32], *argv[WORDS], *text = NULL, *p;
	size_t len;
	FILE *out;

	(void)state;
	assert_non_null(out = open_memstream(&text, &len));
	snprintf(line, sizeof(line), "sh rou");
	assert_int_equal(help_print(out, split(line, argv), argv), 0);
	fflush(out);
	assert_non_null(strstr(text, "show routers "));
	assert_non_null(strstr(text, "show routes "));
	assert_null(strstr(text, "show roams"));
	assert_null(strstr(text, "clear"));
	rewind(out);
	assert_int_equal(help_print(out, 0, NULL), 0);
	fflush(out);
	assert_non_null(strstr(text, "clear lease MAC "));
	assert_non_null(strstr(text, "\nshow status "));
	for (p = text; p < text + len; p += strcspn(p, "\n") + 1)
		assert_in_range(strcspn(p, "\n"), 28, 79);
	snprintf(line, sizeof(line), "show leases now");
	assert_int_equal(help_print(out, split(line, argv), argv), -1);
	fclose(out);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    lines_are_understood_or_refused_with_the_valid_words),
		cmocka_unit_test(every_command_is_completed_and_in_the_manual),
		cmocka_unit_test(help_has_the_commands_that_begin_so)
	};

	return cmocka_run_group_tests_name("sroamctl_parser", tests, NULL,
	    NULL);
}
