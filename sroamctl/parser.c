/* SPDX-License-Identifier: ISC */
/* The command line's words, which may be abbreviated, become a request. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "msg.h"
#include "sroamctl/parser.h"

#define COMMAND_TEXT	320

enum word_kind {
	WORD_END,		/* the table ends */
	WORD,			/* text, or an unambiguous abbreviation */
	WORD_MAC,		/* a station's MAC address */
	WORD_ADDRESS,		/* an address, or an IPv6 prefix */
	WORD_PREFIX,		/* an address, or any prefix */
	WORD_ROUTER		/* its name or id: any word */
};

struct keyword {
	enum word_kind		 kind;
	const char		*text;
	/* the command, where it ends here */
	enum ctl_type		 type;
	uint32_t		 number;	/* ctl_request.number */
	const struct keyword	*next;	/* what may follow; NULL: nothing */
	bool			 ends;	/* or nothing may follow, either */
};

static const struct keyword	*match(const struct keyword *, const char *,
				    struct command *, char *, size_t);
static bool			 take(enum word_kind, const char *,
				    struct command *);
static bool			 take_prefix(const char *, struct command *);
static bool			 take_mac(const char *, struct command *);
static bool			 take_address(const char *, struct command *);
static void			 list_words(const struct keyword *,
				    const char *, char *, size_t);
static void			 each(const struct keyword *, const char *,
				    void (*)(const char *, void *), void *);

#define KEYWORD(w, t, n)	{ WORD, (w), (t), 0, (n), (n) == NULL }
#define FILTERED(w, t, n)	{ WORD, (w), (t), 0, (n), true }
#define LAST(k, w, t, n)	{ (k), (w), (t), (n), NULL, true }
#define END			{ WORD_END, NULL, CTL_NONE, 0, NULL, true }

/* One or several. */
static const struct keyword words_event[] = {
#define EVENT(name, word, told)						\
	{ WORD, word, CTL_MONITOR, 1U << CTL_EVENT_##name, words_event, true },
	CTL_EVENT_LIST(EVENT)
#undef EVENT
	END
};

static const struct keyword words_lease[] = {
	LAST(WORD_MAC, "MAC", CTL_SHOW_LEASES, 0),
	LAST(WORD_PREFIX, "PREFIX", CTL_SHOW_LEASES, 0),
	LAST(WORD_ROUTER, "ROUTER", CTL_SHOW_LEASES, 0),
	END
};

static const struct keyword words_station[] = {
	LAST(WORD_MAC, "MAC", CTL_SHOW_STATIONS, 0),
	LAST(WORD_ROUTER, "ROUTER", CTL_SHOW_STATIONS, 0),
	END
};

static const struct keyword words_roam[] = {
	LAST(WORD_MAC, "MAC", CTL_SHOW_ROAMS, 0),
	END
};

static const struct keyword words_show[] = {
	KEYWORD("interfaces", CTL_SHOW_INTERFACES, NULL),
	FILTERED("leases", CTL_SHOW_LEASES, words_lease),
	KEYWORD("memory", CTL_SHOW_MEMORY, NULL),
	KEYWORD("metrics", COMMAND_METRICS, NULL),
	KEYWORD("networks", CTL_SHOW_NETWORKS, NULL),
	KEYWORD("peers", CTL_SHOW_PEERS, NULL),
	FILTERED("roams", CTL_SHOW_ROAMS, words_roam),
	KEYWORD("routers", CTL_SHOW_ROUTERS, NULL),
	KEYWORD("routes", CTL_SHOW_ROUTES, NULL),
	FILTERED("stations", CTL_SHOW_STATIONS, words_station),
	KEYWORD("status", CTL_SHOW_STATUS, NULL),
	END
};

static const struct keyword words_log[] = {
	LAST(WORD, "brief", CTL_LOG, 0),
	LAST(WORD, "verbose", CTL_LOG, 1),
	END
};

static const struct keyword words_disassociate[] = {
	LAST(WORD_MAC, "MAC", CTL_DISASSOCIATE, 0),
	END
};

static const struct keyword words_clear_lease[] = {
	LAST(WORD_ADDRESS, "ADDRESS", CTL_CLEAR_LEASE, 0),
	LAST(WORD_MAC, "MAC", CTL_CLEAR_LEASE, 0),
	END
};

static const struct keyword words_clear_router[] = {
	LAST(WORD_ROUTER, "ROUTER", CTL_CLEAR_ROUTER, 0),
	END
};

static const struct keyword words_clear[] = {
	KEYWORD("lease", CTL_NONE, words_clear_lease),
	KEYWORD("router", CTL_NONE, words_clear_router),
	END
};

static const struct keyword words[] = {
	KEYWORD("clear", CTL_NONE, words_clear),
	KEYWORD("disassociate", CTL_NONE, words_disassociate),
	KEYWORD("help", COMMAND_HELP, NULL),
	KEYWORD("log", CTL_NONE, words_log),
	FILTERED("monitor", CTL_MONITOR, words_event),
	KEYWORD("reload", CTL_RELOAD, NULL),
	KEYWORD("retire", CTL_RETIRE, NULL),
	KEYWORD("show", CTL_NONE, words_show),
	END
};

int
command_parse(int argc, char *const argv[], struct command *command, char *why,
    size_t size)
{
	const struct keyword *word = NULL, *next = words;
	char valid[COMMAND_TEXT];
	int i;

	memset(command, 0, sizeof(*command));
	command->request.version = CTL_VERSION;
	for (i = 0; i < argc; i++) {
		if (next == NULL) {
			snprintf(why, size, "%s: nothing may follow \"%s\"",
			    argv[i], argv[i - 1]);
			return -1;
		}
		if ((word = match(next, argv[i], command, why, size)) == NULL)
			return -1;
		command->type = word->type;
		command->request.number |= word->number;
		next = word->next;
		if (command->type == COMMAND_HELP)
			break;
	}
	if (word != NULL && word->ends)
		return 0;
	list_words(next, "", valid, sizeof(valid));
	if (argc == 0)
		snprintf(why, size, "command missing: %s", valid);
	else
		snprintf(why, size, "more must follow \"%s\": %s",
		    argv[argc - 1], valid);
	return -1;
}

/* The word that is equal or begins so; NULL: none, or more than one. */
static const struct keyword *
match(const struct keyword *table, const char *text, struct command *command,
    char *why, size_t size)
{
	const struct keyword *word, *found = NULL;
	char valid[COMMAND_TEXT];
	size_t len = strlen(text);
	unsigned int n = 0;

	for (word = table; word->kind != WORD_END; word++) {
		if (word->kind == WORD) {
			if (strcmp(word->text, text) == 0)
				return word;
			if (len > 0 && strncmp(word->text, text, len) == 0) {
				found = word;
				n++;
			}
		} else if (take(word->kind, text, command))
			return word;
	}
	if (n == 1)
		return found;
	list_words(table, n > 1 ? text : "", valid, sizeof(valid));
	snprintf(why, size, "%s: %s: %s", text, n > 1 ? "ambiguous" :
	    "not understood, valid here", valid);
	return NULL;
}

static bool
take(enum word_kind kind, const char *text, struct command *command)
{
	switch (kind) {
	case WORD_MAC:
		return take_mac(text, command);
	case WORD_ADDRESS:
		return take_address(text, command);
	case WORD_PREFIX:
		return take_prefix(text, command);
	default:
		return strlcpy(command->request.router, text,
		    sizeof(command->request.router)) <
		    sizeof(command->request.router);
	}
}

static bool
take_mac(const char *text, struct command *command)
{
	return mac_parse(text, &command->request.mac) == 0 &&
	    mac_is_station(&command->request.mac);
}

/*
 * A lease is of an IPv4 address, of the /64 that an address is in, or of a
 * delegated prefix, which is written with its length.
 */
static bool
take_address(const char *text, struct command *command)
{
	struct prefix prefix;

	if (addr_parse(text, &prefix.addr) == 0) {
		prefix.len = addr_is_v4(&prefix.addr) ? 128 : 64;
		prefix_mask(&prefix);
	} else if (prefix_parse(text, &prefix) == -1 ||
	    (prefix_is_v4(&prefix) ? prefix.len != 128 :
	    prefix.len < DELEGATED_SHORTEST ||
	    prefix.len > DELEGATED_LONGEST))
		return false;
	command->request.has_prefix = 1;
	command->request.prefix.addr = prefix.addr;
	command->request.prefix.len = prefix.len;
	return true;
}

static bool
take_prefix(const char *text, struct command *command)
{
	struct prefix prefix;

	if (addr_parse(text, &prefix.addr) == 0)
		prefix.len = 128;
	else if (prefix_parse(text, &prefix) == -1)
		return false;
	command->request.has_prefix = 1;
	command->request.prefix.addr = prefix.addr;
	command->request.prefix.len = prefix.len;
	return true;
}

static void
list_words(const struct keyword *table, const char *beginning, char *text,
    size_t size)
{
	const struct keyword *word;
	size_t len = strlen(beginning);

	text[0] = '\0';
	for (word = table; word->kind != WORD_END; word++) {
		if (strncmp(word->text, beginning, len) != 0)
			continue;
		if (text[0] != '\0')
			strlcat(text, ", ", size);
		strlcat(text, word->text, size);
	}
}

void
command_each(void (*f)(const char *, void *), void *arg)
{
	each(words, "", f, arg);
}

static void
each(const struct keyword *table, const char *before,
    void (*f)(const char *, void *), void *arg)
{
	const struct keyword *word;
	char text[COMMAND_TEXT];

	for (word = table; word->kind != WORD_END; word++) {
		snprintf(text, sizeof(text), "%s%s%s", before,
		    before[0] == '\0' ? "" : " ", word->text);
		if (word->ends)		/* or a list of words */
			f(text, arg);
		else
			each(word->next, text, f, arg);
	}
}
