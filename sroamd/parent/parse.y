/* SPDX-License-Identifier: ISC */
/*
 * The grammar of the configuration.  A setting with a row in conf/field.c has
 * no token and no production here: the lexer looks its keywords up and returns
 * FIELD or LIST, with the row as the value.  Here are the other statements,
 * with more than values behind their name.
 */
%{
#include <sys/queue.h>

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/conf.h"
#include "conf/fault.h"
#include "conf/field.h"
#include "conf/keyword.h"
#include "conf/setting.h"
#include "conf/value.h"
#include "parent/trust.h"

#define FILE_MAX	(4u * 1024 * 1024)
#define WORD_MAX	4096
#define INCLUDES_MAX	256		/* files, so that a loop ends */
#define DEFAULT_PORT	4444
#define BLOCKS		2		/* an interface in a network */

/* Lists recurse on the left: this depth is enough, and needs no heap. */
#define YYINITDEPTH	512
#define YYMAXDEPTH	YYINITDEPTH

/* A token with a text, and its position. */
struct word {
	struct word	*next;		/* in a list */
	const char	*text;
	const char	*file;
	int		 line;
	/* the file that it is in if others may read that, or NULL */
	const char	*exposed;
};

struct words {
	struct word	*first, *last;
};

struct input {
	SLIST_ENTRY(input) entry;
	const char	*name;
	const char	*text;
	size_t		 pos, len;
	int		 line;
	bool		 exposed;	/* others may read the file */
	bool		 included;	/* ends the include statement first */
};

struct macro {
	SLIST_ENTRY(macro) entry;
	const char	*name;
	const char	*value;
	const char	*exposed;	/* as a word's */
};

/* The position of each record, for faults that are found at the end. */
struct origin {
	SLIST_ENTRY(origin) entry;
	enum conf_record record;
	size_t		 index, member;
	const struct word *word;
};

/* All memory of one run, freed at once. */
struct chunk {
	SLIST_ENTRY(chunk) entry;
	size_t		 size;
	max_align_t	 data[];
};

int		 yyparse(void);
static int	 yylex(void);
static void	 yyerror(const char *);

static void	 report(const char *, int, const char *, ...)
		    __attribute__((format(printf, 3, 4)));
static void	 refuse(const struct word *, const char *, const char *);
static bool	 take(enum conf_type, void *, const struct word *,
		    const char *);
static void	 no_memory(void) __attribute__((noreturn));
static void	*pool(size_t);
static char	*pool_text(const char *, size_t);
static struct words *words_of(struct words *, struct word *);
static const struct word *join(const struct words *);

static void	 set_macro(const struct word *, const struct word *);
static void	 include(const struct word *);
static bool	 may_lead(const struct conf_field *);
static void	 set(const struct conf_field *, const struct word *);
static void	 keep_secret(const struct word *, const char *);
static void	 set_each(const struct conf_field *, const struct words *);
static void	 set_preferred(const struct word *);
static void	 set_router_addr(const struct word *);
static void	 add_prefix(const struct word *);
static void	 add_prefixes(const struct words *, const struct word *);
static void	 add_range(const char *, const struct word *,
		    const struct word *);
static void	 start_option(const struct word *);
static void	 set_option_text(const struct word *);
static void	 set_option_hex(const struct word *);
static void	 add_option_addr(const struct word *);
static void	 end_option(const struct word *, int);
static void	 add_boot(const struct word *, const struct word *);
static void	 start_host(const struct word *);
static void	 set_host_client(const struct word *, bool);
static void	 end_host(const struct word *);
static void	 add_advert_route(const struct word *, const struct word *);
static void	 add_listen(const struct word *, const struct word *, int,
		    const struct words *);
static void	 add_source(const struct word *);
static void	 add_peer(const struct word *, const struct word *, int,
		    const struct word *);
static void	 add_auto(const struct word *, const struct word *,
		    const struct word *, int);
static void	 keep_peer(struct conf_peer *, const struct word *,
		    const struct word *);
static bool	 take_id(struct router_id *, const struct word *,
		    const char *);
static void	 bad_router(const struct word *, const struct word *);
static void	 add_router(const struct word *, const struct word *);
static void	 add_deny(const struct word *);
static void	 add_bar(const struct word *);
static void	 add_psk(const struct word *);
static void	 set_certs(const struct word *, const struct word *,
		    const struct word *);
static void	 start_network(const struct word *);
static void	 start_iface(const struct word *);
static void	 end_iface(const struct word *);
static bool	 fits(const struct word *, const char *, size_t, size_t);
static void	 added(int, enum conf_record, size_t, const char *,
		    const struct word *);
static void	 remember(enum conf_record, size_t, size_t,
		    const struct word *);
static void	 remember_global(const void *, const struct word *);
static void	 remember_network(const void *, const struct word *);
static void	 each(const struct words *, void (*)(const struct word *));

static struct input *push_input(const char *, const char *, size_t);
static char	*read_file(const char *, size_t *, bool *, char *);
static int	 get(void);
static void	 unget(int);
static int	 end_line(void);
static int	 end_file(void);
static int	 open_brace(void);
static bool	 has_block(const struct conf_keyword *);
static int	 close_brace(void);
static int	 quoted(int);
static int	 bare(int);
static int	 expand(void);
static int	 word_token(const char *, size_t, bool);
static int	 token_of(const struct word *, bool);
static const struct conf_field *row_of(const struct word *, bool);
static unsigned int tables_here(void);
static void	*base_of(const struct conf_field *);
static struct conf_network *network(void);
static void	 begin(const struct word *, bool);
static int	 bad_token(const char *, ...)
		    __attribute__((format(printf, 1, 2)));
static bool	 is_bare(int);
static void	 skip_block(void);
static void	 bad_statement(const char *);
static void	 unknown_word(const char *, const char *);

static struct conf		*conf;
static uint32_t			 in_network;	/* whose block is being read */
static struct conf_iface	 iface;		/* likewise */
static struct conf_host		 host;		/* its line is being read */
static struct dhcp_option	 option;
static struct conf_listen	 listen;
static int			 errors, includes;
static bool			 may_include;
static SLIST_HEAD(, input)	 inputs = SLIST_HEAD_INITIALIZER(inputs);
static SLIST_HEAD(, macro)	 macros = SLIST_HEAD_INITIALIZER(macros);
static SLIST_HEAD(, macro)	 defines = SLIST_HEAD_INITIALIZER(defines);
static SLIST_HEAD(, origin)	 origins = SLIST_HEAD_INITIALIZER(origins);
static SLIST_HEAD(, chunk)	 chunks = SLIST_HEAD_INITIALIZER(chunks);

/* The lexer's state, for precise errors. */
static struct {
	const char	*macro;		/* rest of the value being read */
	/* of this macro is the next word, or NULL */
	const struct macro *expanded;
	bool		 fresh;		/* the next token begins a statement */
	bool		 second;	/* ... is its second word */
	bool		 equals;	/* the statement has a = */
	/* an error about the last token was logged */
	bool		 failed;
	bool		 bad_header;	/* of a block, which is skipped */
	int		 lists;		/* open braces of lists, inmost */
	int		 level;		/* open blocks */
	int		 began;		/* level where the statement began */
	const struct conf_keyword *blocks[BLOCKS];	/* that began them */
	int		 brace_line;	/* of the outermost list or block */
	int		 line;		/* of the last token */
	const struct word *first;	/* of the statement, if it is a word */
	const struct conf_keyword *statement; /* the same, if it begins one */
	const struct conf_field *field;	/* that the statement sets */
	char		 last[64];	/* the last token, for errors */
} lex;
%}

%union {
	struct word	*word;
	struct words	*words;
	const struct conf_field *field;
	int		 number;
}

%token	ADDRESS ADVERTISE ALWAYS ARCH BOOT CA CERT CLIENT DELEGATE DENY
%token	EXCLUDE FILENAME FROM HEX HOST
%token	INCLUDE INTERFACE KEY LISTEN LLADDR NAME NETWORK NO ON OPTION PEER PORT
%token	PREFERENCE PREFIX
%token	PSK RANGE ROUTE ROUTER STATIC STATION TEXT TLS TO
%token	BAD
%token	RESERVED		/* a keyword where none of its meanings fits */
%token	GROUP			/* the first of two words of a setting */
%token	<field> FIELD LIST	/* a setting: of one value, of several */
%token	<word> STRING
%type	<word> port source arch
%type	<words> words list strings sources
%type	<number> notls always

%%

grammar	: /* empty */
	| grammar '\n'
	| grammar statement '\n'
	| grammar error '\n'		{ yyerrok; }
	;

statement
	: common
	| INCLUDE STRING		{ include($2); }
	| ROUTER ADDRESS words		{ each($3, set_router_addr); }
	| ROUTER STRING			{ add_router($2, NULL); }
	| ROUTER STRING STRING		{ bad_router($2, $3); YYERROR; }
	| ROUTER STRING NAME STRING	{ add_router($2, $4); }
	| DENY ROUTER STRING		{ add_deny($3); }
	| DENY STATION STRING		{ add_bar($3); }
	| LISTEN ON STRING port notls sources
					{ add_listen($3, $4, $5, $6); }
	| PEER STRING port notls source	{ add_peer($2, $3, $4, $5); }
	| PEER STRING ON STRING port notls
					{ add_auto($2, $4, $5, $6); }
	| TLS PSK STRING		{ add_psk($3); }
	| TLS CA STRING CERT STRING KEY STRING
					{ set_certs($3, $5, $7); }
	| NETWORK STRING		{ start_network($2); }
	    network			{ in_network = 0; }
	;

/* Of one network: in its block, or of that without a name. */
common	: setting
	| STRING '=' strings		{ set_macro($1, join($3)); }
	| PREFIX words			{ add_prefixes($2, NULL); }
	| PREFIX words DELEGATE STRING	{ add_prefixes($2, $4); }
	| RANGE STRING TO STRING	{ add_range("range", $2, $4); }
	| EXCLUDE STRING		{ add_range("exclude", $2, $2); }
	| EXCLUDE STRING TO STRING	{ add_range("exclude", $2, $4); }
	| STATIC STRING			{ add_range("static", $2, $2); }
	| STATIC STRING TO STRING	{ add_range("static", $2, $4); }
	| OPTION STRING			{ start_option($2); }
	    content always		{ end_option($2, $5); }
	| HOST STRING			{ start_host($2); }
	    identity fixed		{ end_host($2); }
	| BOOT FILENAME STRING arch	{ add_boot($3, $4); }
	| ADVERTISE ROUTE STRING	{ add_advert_route($3, NULL); }
	| ADVERTISE ROUTE STRING PREFERENCE STRING
					{ add_advert_route($3, $5); }
	| INTERFACE STRING		{ start_iface($2); }
	    block			{ end_iface($2); }
	;

network	: /* empty */
	| '{' commons '}'
	;

commons	: /* empty */
	| commons '\n'
	| commons common '\n'
	| commons error '\n'		{ yyerrok; }
	;

group	: GROUP
	| NETWORK
	| PREFIX
	| ROUTER
	;

setting	: values
	| group values
	;

values	: value
	| values value			/* joined to it */
	;

value	: FIELD STRING			{ set($1, $2); }
	| FIELD FIELD STRING		{ if (!may_lead($1)) {
						yyerror("syntax error");
						YYERROR;
					  }
					  set($2, $3); }
	| LIST words			{ set_each($1, $2); }
	;

content	: TEXT STRING			{ set_option_text($2); }
	| HEX STRING			{ set_option_hex($2); }
	| ADDRESS words			{ each($2, add_option_addr); }
	;

identity
	: LLADDR STRING			{ take(CONF_TYPE_MAC, &host.mac, $2,
					    "lladdr"); }
	| CLIENT TEXT STRING		{ set_host_client($3, false); }
	| CLIENT HEX STRING		{ set_host_client($3, true); }
	;

fixed	: /* empty */
	| fixed ADDRESS STRING		{ take(CONF_TYPE_V4, &host.addr, $3,
					    "address"); }
	| fixed PREFIX STRING		{ take(CONF_TYPE_LEASED, &host.prefix,
					    $3, "prefix"); }
	| fixed DELEGATE STRING		{ take(CONF_TYPE_LEASED,
					    &host.delegated, $3, "delegate"); }
	;

always	: /* empty */			{ $$ = 0; }
	| ALWAYS			{ $$ = 1; }
	;

arch	: /* empty */			{ $$ = NULL; }
	| ARCH STRING			{ $$ = $2; }
	;

port	: /* empty */			{ $$ = NULL; }
	| PORT STRING			{ $$ = $2; }
	;

notls	: /* empty */			{ $$ = 0; }
	| NO TLS			{ $$ = 1; }
	;

sources	: /* empty */			{ $$ = NULL; }
	| FROM words			{ $$ = $2; }
	;

source	: /* empty */			{ $$ = NULL; }
	| FROM STRING			{ $$ = $2; }
	;

block	: /* empty */
	| '{' options '}'
	;

options	: /* empty */
	| options '\n'
	| options setting '\n'
	| options error '\n'		{ yyerrok; }
	;

words	: STRING			{ $$ = words_of(NULL, $1); }
	| '{' list '}'			{ $$ = $2; }
	| '{' list ',' '}'		{ $$ = $2; }
	;

list	: STRING			{ $$ = words_of(NULL, $1); }
	| list STRING			{ $$ = words_of($1, $2); }
	| list ',' STRING		{ $$ = words_of($1, $3); }
	;

strings	: STRING			{ $$ = words_of(NULL, $1); }
	| strings STRING		{ $$ = words_of($1, $2); }
	;

%%

/* Where statements of the grammar stand, with a line of help. */
#define DAEMON	CONF_IN(CONF_GLOBAL)
#define EACH	CONF_IN(CONF_NETWORK)	/* for each network */

static const struct conf_token tokens[] = {
	{ "address", ADDRESS, 0, NULL },
	{ "advertise", ADVERTISE, EACH, "advertise route address/length "
	    "[preference high|medium|low]" },
	{ "always", ALWAYS, 0, NULL },
	{ "arch", ARCH, 0, NULL },
	{ "boot", BOOT, EACH, "boot file \"name\" [arch number]" },
	{ "ca", CA, 0, NULL },
	{ "cert", CERT, 0, NULL },
	{ "client", CLIENT, 0, NULL },
	{ "delegate", DELEGATE, 0, NULL },
	{ "deny", DENY, DAEMON, "deny router id, or deny station mac" },
	{ "exclude", EXCLUDE, EACH, "exclude address [to address]" },
	{ "file", FILENAME, 0, NULL },
	{ "from", FROM, 0, NULL },
	{ "hex", HEX, 0, NULL },
	{ "host", HOST, EACH, "host name lladdr mac|client text|hex id "
	    "[address address] [prefix prefix] [delegate prefix]" },
	{ "include", INCLUDE, DAEMON, "include \"path\"" },
	{ "interface", INTERFACE, EACH,
	    "interface name [{ options, one a line }]" },
	{ "key", KEY, 0, NULL },
	{ "listen", LISTEN, DAEMON,
	    "listen on address|* [port number] [no tls] "
	    "[from prefix|{ list }]" },
	{ "lladdr", LLADDR, 0, NULL },
	{ "name", NAME, 0, NULL },
	{ "network", NETWORK, DAEMON, "network name { statements, one a "
	    "line }, or network key \"text\"" },
	{ "no", NO, 0, NULL },
	{ "on", ON, 0, NULL },
	{ "option", OPTION, EACH, "option number text|hex|address value "
	    "[always]" },
	{ "peer", PEER, DAEMON, "peer address|name|auto on "
	    "interface [port number] [no tls] [from address]" },
	{ "port", PORT, 0, NULL },
	{ "preference", PREFERENCE, 0, NULL },
	{ "prefix", PREFIX, EACH, "prefix address/length|{ list } [delegate "
	    "length], or prefix lifetime time [preferred time]" },
	{ "psk", PSK, 0, NULL },
	{ "range", RANGE, EACH, "range address to address" },
	{ "route", ROUTE, 0, NULL },
	{ "router", ROUTER, DAEMON, "router id [name name], router name name, "
	    "router lifetime time, router preference high|medium|low, or "
	    "router address address|{ list }" },
	{ "static", STATIC, EACH, "static address [to address]" },
	{ "station", STATION, 0, NULL },
	{ "text", TEXT, 0, NULL },
	{ "tls", TLS, DAEMON,
	    "tls psk \"secret\"|\"file:/path\", or tls ca \"path\" "
	    "cert \"path\" key \"path\"" },
	{ "to", TO, 0, NULL },
};

#define TOKENS (sizeof(tokens) / sizeof(tokens[0]))

static FILE	*proposals;		/* are written there; NULL: not */
static bool	 quiet;		/* no warnings */

static void	fault(void *, const struct conf_fault *);
static const struct word *origin(enum conf_record, size_t, size_t);
static void	run(const char *, const char *, size_t, bool);
static struct conf *parse(const char *, const char *, size_t, bool, bool);
static void	reset(void);

/* For any failed allocation; all memory is in the pool. */
static jmp_buf	 refused;

/* A file's contents, until they are in the pool. */
static struct {
	char	*text;
	size_t	 len;
} copied;

struct conf *
conf_parse(const char *path)
{
	struct conf *result;
	const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
	char *text, why[CONF_WHY];
	bool exposed;
	size_t len;

	if ((text = read_file(name == path ? path : NULL, &len, &exposed,
	    why)) == NULL) {
		log_warnx("%s: %s", name, why);
		return NULL;
	}
	result = parse(name, text, len, exposed, true);
	freezero(text, len);
	return result;
}

struct conf *
conf_parse_text(const char *name, const char *text, size_t len, bool may)
{
	return parse(name, text, len, false, may);
}

static struct conf *
parse(const char *name, const char *text, size_t len, bool exposed, bool may)
{
	struct conf *result;

	reset();
	conf_keywords_init(tokens, TOKENS);
	may_include = may;
	if (setjmp(refused) == 0)
		run(name, text, len, exposed);
	else {
		nomem("a configuration");
		report(name, lex.line, "no memory");
	}
	if (errors > 0) {
		conf_free(conf);
		conf = NULL;
	}
	result = conf;
	conf = NULL;
	reset();
	return result;
}

static void
run(const char *name, const char *text, size_t len, bool exposed)
{
	if ((conf = conf_new()) == NULL)
		no_memory();
	push_input(name, text, len)->exposed = exposed;
	if (yyparse() != 0 && errors == 0)
		errors++;
	if (errors == 0 && conf_faults(conf, fault, NULL) == -1)
		no_memory();
	/* A truncated file must not remove everything in a reload. */
	if (errors == 0 && conf->nifaces == 0 && conf->nlistens == 0 &&
	    conf->npeers == 0)
		report(name, lex.line, "nothing to do, write an interface, a "
		    "peer or listen on");
	if (errors > 0)
		return;
	conf_advise(conf, fault, NULL);
	conf_routers_sort(conf);
}

/* Start again: keep the macros of -D, free all memory. */
static void
reset(void)
{
	struct chunk *chunk;

	while ((chunk = SLIST_FIRST(&chunks)) != NULL) {
		SLIST_REMOVE_HEAD(&chunks, entry);
		freezero(chunk, sizeof(*chunk) + chunk->size);	/* secrets */
	}
	freezero(copied.text, copied.len);
	memset(&copied, 0, sizeof(copied));
	SLIST_INIT(&inputs);
	SLIST_INIT(&macros);
	SLIST_INIT(&origins);
	memset(&lex, 0, sizeof(lex));
	memset(&iface, 0, sizeof(iface));
	lex.fresh = true;
	lex.line = 1;
	errors = includes = 0;
	in_network = 0;
}

int
conf_define(const char *name_is_value)
{
	const char *equals = strchr(name_is_value, '='), *p;
	struct macro *m;
	char *name, *value;

	if (equals == NULL || equals == name_is_value)
		return -1;
	for (p = name_is_value; p < equals; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_')
			return -1;
	}
	for (p = equals + 1; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			return -1;
	}
	if ((m = calloc(1, sizeof(*m))) == NULL ||
	    (name = strndup(name_is_value, equals - name_is_value)) == NULL ||
	    (value = strdup(equals + 1)) == NULL)
		fatal("macro %s", name_is_value);
	m->name = name;
	m->value = value;
	SLIST_INSERT_HEAD(&defines, m, entry);	/* the last one is found */
	return 0;
}

static void
report(const char *file, int line, const char *fmt, ...)
{
	char text[CONF_WHY];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("%s:%d: %s", file, line, text);
	errors++;
}

/* Logs "file:line: subject word: why". */
static void
refuse(const struct word *w, const char *subject, const char *why)
{
	report(w->file, w->line, "%s %.64s: %s", subject, w->text, why);
}

/* The value of a word, or such an error, without the value if it is secret. */
static bool
take(enum conf_type type, void *at, const struct word *w, const char *subject)
{
	char why[CONF_WHY];

	if (conf_value(type, at, w->text, why) == 0)
		return true;
	if (type == CONF_TYPE_PSK)
		report(w->file, w->line, "%s: %s", subject, why);
	else
		refuse(w, subject, why);
	return false;
}

static void
fault(void *arg, const struct conf_fault *f)
{
	const struct input *s = SLIST_FIRST(&inputs);
	const struct word *w = origin(f->record, f->index, f->member);

	(void)arg;
	if (w == NULL && f->record != RECORD_GLOBAL)
		w = origin(f->record, f->index, 0);
	if (f->warning && quiet)
		return;
	if (f->warning) {
		log_warnx("%s:%d" CONF_WARNS "%s", w != NULL ? w->file : s->name,
		    w != NULL ? w->line : s->line, f->text);
		return;
	}
	report(w != NULL ? w->file : s->name, w != NULL ? w->line : s->line,
	    "%s", f->text);
	if (f->block != NULL && proposals != NULL)
		conf_print_network(f->block, 1, proposals);
}

void
conf_without_warnings(void)
{
	quiet = true;
}

void
conf_propose_to(FILE *fp)
{
	proposals = fp;
}

static const struct word *
origin(enum conf_record record, size_t index, size_t member)
{
	const struct origin *o;

	SLIST_FOREACH(o, &origins, entry) {
		if (o->record == record && o->index == index &&
		    o->member == member)
			return o->word;
	}
	return NULL;
}

static void
remember(enum conf_record record, size_t index, size_t member,
    const struct word *w)
{
	struct origin *o = pool(sizeof(*o));

	o->record = record;
	o->index = index;
	o->member = member;
	o->word = w;
	SLIST_INSERT_HEAD(&origins, o, entry);	/* the last one is found */
}

static void
remember_global(const void *member, const struct word *w)
{
	remember(RECORD_GLOBAL, 0, (size_t)((const char *)member -
	    (const char *)&conf->global), w);
}

static void
remember_network(const void *member, const struct word *w)
{
	remember(RECORD_NETWORK, in_network, (size_t)((const char *)
	    member - (const char *)network()), w);
}

/* Whether n is below the limit. */
static bool
fits(const struct word *w, const char *name, size_t n, size_t max)
{
	if (n < max)
		return true;
	report(w->file, w->line, "%s %.64s: at most %zu fit", name, w->text,
	    max);
	return false;
}

/* The error of conf_add_*(), for the index-th record of a kind, if any. */
static void
added(int error, enum conf_record record, size_t index, const char *name,
    const struct word *w)
{
	if (error == 0)
		remember(record, index, 0, w);
	else if (errno == E2BIG)
		fits(w, name, index, index);
	else
		no_memory();
}

static void
no_memory(void)
{
	longjmp(refused, 1);
}

static void *
pool(size_t size)
{
	struct chunk *chunk;

	if ((chunk = calloc(1, sizeof(*chunk) + size)) == NULL)
		no_memory();
	chunk->size = size;
	SLIST_INSERT_HEAD(&chunks, chunk, entry);
	return chunk->data;
}

static char *
pool_text(const char *text, size_t len)
{
	char *copy = pool(len + 1);

	memcpy(copy, text, len);
	return copy;
}

static struct words *
words_of(struct words *list, struct word *w)
{
	if (list == NULL) {
		list = pool(sizeof(*list));
		list->first = w;
	} else
		list->last->next = w;
	list->last = w;
	return list;
}

static void
each(const struct words *list, void (*fn)(const struct word *))
{
	const struct word *w;

	for (w = list->first; w != NULL; w = w->next)
		fn(w);
}

/* The words, with a space between them, as one text. */
static const struct word *
join(const struct words *list)
{
	struct word *all = pool(sizeof(*all));
	const struct word *w;
	size_t len = 0;
	char *p;

	for (w = list->first; w != NULL; w = w->next)
		len += strlen(w->text) + 1;
	*all = *list->first;
	all->text = p = pool(len);
	for (w = list->first; w != NULL; w = w->next) {
		p = stpcpy(p, w->text);
		if (w->next != NULL)
			*p++ = ' ';
		if (w->exposed != NULL)
			all->exposed = w->exposed;
	}
	return all;
}

static void
set_macro(const struct word *name, const struct word *value)
{
	struct macro *m;
	const char *p;

	for (p = name->text; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_') {
			refuse(name, "macro", "write a name of letters, "
			    "digits and underscores");
			return;
		}
	}
	m = pool(sizeof(*m));
	m->name = name->text;
	m->value = value->text;
	m->exposed = value->exposed;
	SLIST_INSERT_HEAD(&macros, m, entry);	/* the last one is found */
}

/* A relative path starts at the folder of the file that includes. */
static void
include(const struct word *w)
{
	const char *slash = strrchr(w->file, '/');
	char *path, why[CONF_WHY];
	struct input *s;
	bool exposed;
	size_t dir;

	if (!may_include) {
		refuse(w, "include", "not allowed here");
		return;
	}
	if (++includes > INCLUDES_MAX) {
		/* Reported once: every file of a loop would report it. */
		if (includes == INCLUDES_MAX + 1)
			refuse(w, "include", "more than 256 files, remove "
			    "what includes itself");
		return;
	}
	dir = w->text[0] == '/' || slash == NULL ? 0 : slash + 1 - w->file;
	path = pool(dir + strlen(w->text) + 1);
	memcpy(path, w->file, dir);
	strcpy(path + dir, w->text);
	if ((copied.text = read_file(path, &copied.len, &exposed, why)) ==
	    NULL) {
		refuse(w, "include", why);
		return;
	}
	s = push_input(path, pool_text(copied.text, copied.len), copied.len);
	s->exposed = exposed;
	s->included = true;
	freezero(copied.text, copied.len);
	memset(&copied, 0, sizeof(copied));
}

/* "direct default yes" is one of two, "prefix lifetime preferred" is not. */
static bool
may_lead(const struct conf_field *f)
{
	return f->type == CONF_TYPE_CHOICE;
}

/* The network whose statements these are. */
static struct conf_network *
network(void)
{
	return &conf->networks[in_network];
}

/* The struct of a setting. */
static void *
base_of(const struct conf_field *f)
{
	switch (f->table) {
	case CONF_IFACE:
		return &iface;
	case CONF_NETWORK:
		return network();
	default:
		return &conf->global;
	}
}

static void
set(const struct conf_field *f, const struct word *w)
{
	void *base = base_of(f);
	uint32_t n = f->count != 0 ? conf_field_count(f, base) : 0;
	char why[CONF_WHY];

	if (!fits(w, conf_field_name(f), n, f->fit))
		return;
	if (conf_setting_set(f, conf_field_value(f, base, n), w->text,
	    why) == -1) {
		if (f->type == CONF_TYPE_KEY)	/* secret: not for logs */
			report(w->file, w->line, "%s: %s", f->name, why);
		else
			refuse(w, conf_field_name(f), why);
		return;
	}
	if (f->type == CONF_TYPE_KEY)
		keep_secret(w, f->name);
	if (f->table == CONF_IFACE)
		remember(RECORD_IFACE, conf->nifaces, f->offset + n * f->size,
		    w);
	else if (f->table == CONF_NETWORK)
		remember_network(conf_field_value(f, base, n), w);
	else
		remember_global(conf_field_value(f, base, n), w);
	if (f->count != 0) {
		n++;
		memcpy((char *)base + f->count, &n, sizeof(n));
	}
	if (f->table == CONF_NETWORK &&
	    f->offset == offsetof(struct conf_network, prefix_valid))
		set_preferred(w);
}

/* Who reads a secret has it. */
static void
keep_secret(const struct word *w, const char *what)
{
	if (w->exposed != NULL)
		report(w->file, w->line, "%s: secret, and others than its "
		    "owner may read %s: chmod 600 it", what, w->exposed);
}

static void
set_each(const struct conf_field *f, const struct words *list)
{
	const struct word *w;

	for (w = list->first; w != NULL; w = w->next)
		set(f, w);
}

/* Half of the valid lifetime, unless the preferred one is set. */
static void
set_preferred(const struct word *valid)
{
	struct conf_network *net = network();

	net->prefix_preferred = net->prefix_valid / 2;
	remember_network(&net->prefix_preferred, valid);
}

static void
set_router_addr(const struct word *w)
{
	struct addr addr, *at;

	if (!take(CONF_TYPE_ADDR, &addr, w, "router address"))
		return;
	at = addr_is_v4(&addr) ? &conf->global.router_addr4 :
	    &conf->global.router_addr6;
	if (addr_is_none(&addr))
		refuse(w, "router address", "write a unicast address");
	else if (!addr_is_none(at) && addr_cmp(at, &addr) != 0)
		refuse(w, "router address", "the second of its family, write "
		    "one IPv4 and one IPv6 address at most");
	*at = addr;
	remember_global(at, w);
}

static void
add_prefix(const struct word *w)
{
	struct conf_network *net = network();
	struct prefix *p = &net->prefixes[net->nprefixes];

	if (fits(w, "prefix", net->nprefixes, CONF_PREFIXES) &&
	    take(CONF_TYPE_POOL, p, w, "prefix")) {
		remember_network(p, w);
		net->nprefixes++;
	}
}

/* Prefixes, or with a length, prefixes to delegate from. */
static void
add_prefixes(const struct words *list, const struct word *length)
{
	struct conf_network *net = network();
	uint32_t first = net->nprefixes, n = 0;
	char why[CONF_WHY];

	if (length != NULL && conf_value_number(length->text,
	    DELEGATED_SHORTEST, DELEGATED_LONGEST, &n, why) == -1)
		refuse(length, "delegate", why);
	each(list, add_prefix);
	for (; first < net->nprefixes; first++)
		net->delegates[first] = (uint8_t)n;
}

/* Its preference has the keywords of the routers' own. */
static void
add_advert_route(const struct word *w, const struct word *preference)
{
	struct conf_network *net = network();
	struct conf_route *r = &net->routes[net->nroutes];
	char why[CONF_WHY];

	if (!fits(w, "advertise route", net->nroutes, CONF_ROUTES) ||
	    !take(CONF_TYPE_PREFIX, &r->prefix, w, "advertise route"))
		return;
	r->preference = PREFERENCE_MEDIUM;
	if (preference != NULL && conf_setting_set(conf_field_at(CONF_NETWORK,
	    offsetof(struct conf_network, preference)), &r->preference,
	    preference->text, why) == -1) {
		refuse(preference, "preference", why);
		return;
	}
	remember_network(r, w);
	net->nroutes++;
}

static void
add_range(const char *name, const struct word *first, const struct word *last)
{
	struct conf_network *net = network();
	uint32_t *n = &net->nranges;
	struct conf_range *r = net->ranges;

	if (strcmp(name, "exclude") == 0) {
		n = &net->nexcludes;
		r = net->excludes;
	} else if (strcmp(name, "static") == 0) {
		n = &net->nstatics;
		r = net->statics;
	}
	r += *n;
	if (fits(first, name, *n, CONF_RANGES) &&
	    take(CONF_TYPE_V4, &r->first, first, name) &&
	    take(CONF_TYPE_V4, &r->last, last, name)) {
		remember_network(r, first);
		(*n)++;
	}
}

static void
start_option(const struct word *w)
{
	char why[CONF_WHY];
	uint32_t code = 0;

	if (conf_value_number(w->text, 1, 254, &code, why) == -1)
		refuse(w, "option", why);
	memset(&option, 0, sizeof(option));
	option.code = (uint8_t)code;
}

static void
set_option_text(const struct word *w)
{
	size_t len = strlen(w->text);

	if (len == 0 || len > sizeof(option.data)) {
		report(w->file, w->line, "option %u: %zu octets, write 1 to "
		    "%zu", option.code, len, sizeof(option.data));
		return;
	}
	option.len = (uint16_t)len;
	memcpy(option.data, w->text, len);
}

static void
set_option_hex(const struct word *w)
{
	char why[CONF_WHY];
	size_t len;

	if (conf_value_hex(w->text, option.data, sizeof(option.data), &len,
	    why) == -1)
		report(w->file, w->line, "option %u: %s", option.code, why);
	else
		option.len = (uint16_t)len;
}

static void
add_option_addr(const struct word *w)
{
	struct addr addr;

	if (!fits(w, "option address", option.len / 4u,
	    sizeof(option.data) / 4) ||
	    !take(CONF_TYPE_V4, &addr, w, "option address"))
		return;
	memcpy(option.data + option.len, addr_v4(&addr), 4);
	option.len += 4;
}

static void
end_option(const struct word *w, int always)
{
	struct conf_option own = {
		.network = in_network, .option = option
	};
	size_t n = conf->noptions;

	own.option.always = (uint8_t)always;
	added(conf_add_option(conf, &own), RECORD_OPTION, n, "option", w);
}

/* Architectures have the numbers of option 93, RFC 4578 2.1. */
static void
add_boot(const struct word *w, const struct word *arch)
{
	struct conf_network *net = network();
	struct conf_boot *b = &net->boots[net->nboots];
	char why[CONF_WHY];
	uint32_t n = 0;

	if (!fits(w, "boot file", net->nboots, CONF_BOOTS))
		return;
	memset(b, 0, sizeof(*b));
	if (arch != NULL && conf_value_number(arch->text, 0, CONF_ARCH_MAX, &n,
	    why) == -1) {
		refuse(arch, "arch", why);
		return;
	}
	if (conf_value_text(w->text, b->file, sizeof(b->file),
	    sizeof(b->file) - 1, why) == -1) {
		refuse(w, "boot file", why);
		return;
	}
	if (arch != NULL)
		b->arch = n + 1;
	remember_network(b, w);
	net->nboots++;
}

static void
start_host(const struct word *w)
{
	memset(&host, 0, sizeof(host));
	host.network = in_network;
	if (w->text[0] == '\0' || strlen(w->text) >= sizeof(host.name) ||
	    strspn(w->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
	    "WXYZ0123456789.-") < strlen(w->text))
		refuse(w, "host", "write a name of 1 to 63 letters, digits, "
		    "dashes and dots");
	else
		strlcpy(host.name, w->text, sizeof(host.name));
}

static void
set_host_client(const struct word *w, bool hex)
{
	size_t len = strlen(w->text);
	char why[CONF_WHY];

	if (hex && conf_value_hex(w->text, host.client_id,
	    sizeof(host.client_id), &len, why) == -1) {
		refuse(w, "client", why);
		return;
	}
	if (len < 2 || len > sizeof(host.client_id)) {
		refuse(w, "client", "write 2 to 255 octets");
		return;
	}
	if (!hex)
		memcpy(host.client_id, w->text, len);
	host.client_text = !hex;
	host.client_idlen = (uint8_t)len;
}

static void
end_host(const struct word *w)
{
	size_t n = conf->nhosts;

	added(conf_add_host(conf, &host), RECORD_HOST, n, "host", w);
}

static void
add_listen(const struct word *w, const struct word *port, int notls,
    const struct words *from)
{
	size_t n = conf->nlistens;

	memset(&listen, 0, sizeof(listen));
	listen.port = DEFAULT_PORT;
	listen.notls = notls;
	if (strcmp(w->text, "*") != 0)
		take(CONF_TYPE_ADDR, &listen.addr, w, "listen on");
	if (port != NULL)
		take(CONF_TYPE_PORT, &listen.port, port, "port");
	if (from != NULL)
		each(from, add_source);
	added(conf_add_listen(conf, &listen), RECORD_LISTEN, n, "listen on",
	    w);
}

static void
add_source(const struct word *w)
{
	if (fits(w, "from", listen.nfrom, CONF_SOURCES))
		take(CONF_TYPE_SOURCE, &listen.from[listen.nfrom++], w,
		    "from");
}

/* A router by its address or name; or the routers on an interface. */
static void
add_peer(const struct word *w, const struct word *port, int notls,
    const struct word *from)
{
	struct conf_peer peer = { .port = DEFAULT_PORT, .notls = notls };

	if (strcmp(w->text, "auto") == 0)
		refuse(w, "peer", "on which interface, write \"peer auto on "
		    "name\"");
	else if (addr_parse(w->text, &peer.addr) == -1)
		take(CONF_TYPE_HOST, peer.host, w, "peer");
	if (from != NULL)
		take(CONF_TYPE_ADDR, &peer.from, from, "from");
	keep_peer(&peer, w, port);
}

static void
add_auto(const struct word *w, const struct word *name,
    const struct word *port, int notls)
{
	struct conf_peer peer = { .port = DEFAULT_PORT, .notls = notls,
	    .automatic = 1 };

	if (strcmp(w->text, "auto") != 0)
		refuse(w, "peer", "only \"auto\" is followed by \"on\", write "
		    "\"peer auto on name\"");
	else
		take(CONF_TYPE_IFNAME, peer.host, name, "peer auto on");
	keep_peer(&peer, name, port);
}

static void
keep_peer(struct conf_peer *peer, const struct word *w,
    const struct word *port)
{
	size_t n = conf->npeers;

	if (port != NULL)
		take(CONF_TYPE_PORT, &peer->port, port, "port");
	added(conf_add_peer(conf, peer), RECORD_PEER, n, "peer", w);
}

static bool
take_id(struct router_id *id, const struct word *w, const char *subject)
{
	if (!take(CONF_TYPE_ID, id, w, subject))
		return false;
	if (router_id_is_none(id))
		refuse(w, subject, "is no router's, write another id");
	return !router_id_is_none(id);
}

static void
bad_router(const struct word *first, const struct word *second)
{
	struct router_id id;

	if (strcmp(first->text, "id") == 0) {
		report(first->file, first->line, "router id: follows from the "
		    "identity, remove it; sroamd -I prints the id");
		return;
	}
	snprintf(lex.last, sizeof(lex.last), "\"%.48s\"",
	    router_id_parse(first->text, &id) == 0 ? second->text :
	    first->text);
	bad_statement(first->file);
}

static void
add_router(const struct word *w, const struct word *name)
{
	const struct conf_field *f = conf_field_at(CONF_GLOBAL,
	    offsetof(struct conf_global, name));
	struct conf_router router = { .name = "" };
	char why[CONF_WHY];
	size_t n = conf->nrouters;

	if (!take_id(&router.id, w, "router"))
		return;
	if (name != NULL && (conf_setting_set(f, router.name, name->text,
	    why) == -1 || conf_setting_check(f, router.name, why) == -1))
		refuse(name, "name", why);
	added(conf_add_router(conf, &router), RECORD_ROUTER, n, "router", w);
}

static void
add_deny(const struct word *w)
{
	struct conf_deny deny;
	size_t n = conf->ndenies;

	if (take_id(&deny.id, w, "deny router"))
		added(conf_add_deny(conf, &deny), RECORD_DENY, n,
		    "deny router", w);
}

static void
add_bar(const struct word *w)
{
	struct conf_bar bar;
	size_t n = conf->nbars;

	memset(&bar, 0, sizeof(bar));
	if (!take(CONF_TYPE_MAC, &bar.mac, w, "deny station"))
		return;
	if (!mac_is_station(&bar.mac))
		refuse(w, "deny station", "no station's, write a unicast "
		    "address");
	else
		added(conf_add_bar(conf, &bar), RECORD_BAR, n,
		    "deny station", w);
}

static void
add_psk(const struct word *w)
{
	struct conf_tls *tls = &conf->tls;

	if (conf->global.tls == CONF_TLS_CERT)
		report(w->file, w->line, "tls psk: there is a tls ca, write "
		    "only one of the two");
	else if (tls->npsks == CONF_PSKS)
		report(w->file, w->line, "tls psk: at most %u fit",
		    CONF_PSKS);
	else if (take(CONF_TYPE_PSK, tls->psks[tls->npsks], w, "tls psk"))
		tls->npsks++;
	if (strncmp(w->text, "file:", 5) != 0)
		keep_secret(w, "tls psk");
	if (conf->global.tls == CONF_TLS_NONE)
		conf->global.tls = CONF_TLS_PSK;
}

static void
set_certs(const struct word *ca, const struct word *cert,
    const struct word *key)
{
	struct conf_tls *tls = &conf->tls;

	if (conf->global.tls != CONF_TLS_NONE)
		report(ca->file, ca->line, "tls ca: there is a tls %s "
		    "already, write only one", conf->global.tls ==
		    CONF_TLS_PSK ? "psk" : "ca");
	else if (take(CONF_TYPE_PATH, tls->ca, ca, "tls ca") &&
	    take(CONF_TYPE_PATH, tls->cert, cert, "cert"))
		take(CONF_TYPE_PATH, tls->key, key, "key");
	if (conf->global.tls == CONF_TLS_NONE)
		conf->global.tls = CONF_TLS_CERT;
}

/* After a fault in its name or a network too many, the block is still read. */
static void
start_network(const struct word *w)
{
	struct conf_network net = { .name = "" };
	size_t n = conf->nnetworks;

	conf_field_defaults(CONF_NETWORK, &net);
	if (take(CONF_TYPE_NETWORK, net.name, w, "network") &&
	    strcmp(net.name, CONF_UNNAMED) == 0)
		refuse(w, "network", "is that of all statements outside of a "
		    "block, write another name");
	added(conf_add_network(conf, &net), RECORD_NETWORK, n, "network", w);
	in_network = (uint32_t)conf->nnetworks - 1;
}

static void
start_iface(const struct word *w)
{
	memset(&iface, 0, sizeof(iface));
	conf_field_defaults(CONF_IFACE, &iface);
	iface.network = in_network;
	take(CONF_TYPE_IFNAME, iface.name, w, "interface");
}

static void
end_iface(const struct word *w)
{
	size_t n = conf->nifaces;

	added(conf_add_iface(conf, &iface), RECORD_IFACE, n, "interface", w);
}

/* A whole file (NULL: standard input) into memory; NULL: why not. */
static char *
read_file(const char *path, size_t *len, bool *exposed, char *why)
{
	int fd = STDIN_FILENO, error;
	char *text = NULL, *bigger;
	size_t size = 0;
	ssize_t n;

	*len = 0;
	*exposed = false;
	if (path != NULL) {
		if ((fd = trust_open(path, false, why, CONF_WHY)) == -1)
			return NULL;
		*exposed = trust_is_exposed(fd);
	}
	do {
		if (*len == size) {
			bigger = size >= FILE_MAX ? NULL : recallocarray(text,
			    size, size + 65536, 1);
			if (bigger == NULL) {
				error = size >= FILE_MAX ? EFBIG : ENOMEM;
				goto fail;
			}
			text = bigger;
			size += 65536;
		}
		if ((n = read(fd, text + *len, size - *len)) > 0)
			*len += n;
	} while (n > 0 || (n == -1 && errno == EINTR));
	error = errno;
	if (n == 0) {
		if (path != NULL)
			close(fd);
		return text;
	}
 fail:
	strlcpy(why, strerror(error), CONF_WHY);
	freezero(text, *len);
	if (path != NULL)
		close(fd);
	return NULL;
}

static struct input *
push_input(const char *name, const char *text, size_t len)
{
	struct input *s = pool(sizeof(*s));

	s->name = pool_text(name, strlen(name));
	s->text = text;
	s->len = len;
	s->line = 1;
	SLIST_INSERT_HEAD(&inputs, s, entry);
	return s;
}

/* The next character; a backslash joins the next line to this one. */
static int
get(void)
{
	struct input *s = SLIST_FIRST(&inputs);
	int c;

	if (lex.macro != NULL) {
		if (*lex.macro != '\0')
			return (unsigned char)*lex.macro++;
		lex.macro = NULL;
	}
	while (s->pos + 1 < s->len && s->text[s->pos] == '\\' &&
	    s->text[s->pos + 1] == '\n') {
		s->pos += 2;
		s->line++;
	}
	if (s->pos >= s->len)
		return EOF;
	if ((c = (unsigned char)s->text[s->pos++]) == '\n')
		s->line++;
	return c;
}

static void
unget(int c)
{
	struct input *s = SLIST_FIRST(&inputs);

	if (c == EOF)
		return;
	if (lex.macro != NULL) {
		lex.macro--;
		return;
	}
	s->pos--;
	if (c == '\n')
		s->line--;
}

static int
yylex(void)
{
	struct input *s = SLIST_FIRST(&inputs);
	int c;

	lex.failed = false;
	if (s->included) {
		s->included = false;
		return end_line();
	}
 again:
	while ((c = get()) == ' ' || c == '\t' || c == '\r')
		continue;
	if (c == '#') {
		while ((c = get()) != '\n' && c != EOF)
			continue;
	}
	lex.line = c == '\n' ? s->line - 1 : s->line;
	switch (c) {
	case EOF:
		return end_file();
	case '\n':
		if (lex.lists > 0)
			goto again;	/* a list may span lines */
		return end_line();
	case '{':
		return open_brace();
	case '}':
		return close_brace();
	case '"':
	case '\'':
		return quoted(c);
	case '$':
		if (expand() == BAD)
			return BAD;
		goto again;
	case '=':
	case ',':
		if (lex.fresh)
			begin(NULL, false);
		if (c == '=')
			lex.equals = true;
		snprintf(lex.last, sizeof(lex.last), "\"%c\"", c);
		return c;
	default:
		return bare(c);
	}
}

static int
end_line(void)
{
	lex.fresh = true;
	strlcpy(lex.last, "end of line", sizeof(lex.last));
	return '\n';
}

/* The last line needs no newline.  The first input stays, for its name. */
static int
end_file(void)
{
	if (lex.level + lex.lists > 0) {
		strlcpy(lex.last, "end of file", sizeof(lex.last));
		return 0;
	}
	if (!lex.fresh)
		return end_line();
	if (SLIST_NEXT(SLIST_FIRST(&inputs), entry) == NULL)
		return 0;
	SLIST_REMOVE_HEAD(&inputs, entry);
	return yylex();
}

/* Of a block, or of a list. */
static int
open_brace(void)
{
	const struct conf_keyword *k = lex.statement;

	if (lex.fresh)
		begin(NULL, false);
	if (lex.level + lex.lists == 0)
		lex.brace_line = lex.line;
	if (lex.lists == 0 && lex.level < BLOCKS && !lex.bad_header &&
	    has_block(k)) {
		lex.blocks[lex.level++] = k;
		lex.fresh = true;
	} else {
		lex.lists++;
		lex.fresh = false;
	}
	strlcpy(lex.last, "\"{\"", sizeof(lex.last));
	return '{';
}

static bool
has_block(const struct conf_keyword *k)
{
	return k != NULL && (k->token == INTERFACE || k->token == NETWORK);
}

static int
close_brace(void)
{
	/* The last statement of a block needs no newline. */
	if (lex.lists == 0 && lex.level > 0 && !lex.fresh) {
		unget('}');
		return end_line();
	}
	if (lex.fresh)
		begin(NULL, false);
	if (lex.lists > 0)
		lex.lists--;
	else if (lex.level > 0) {
		lex.statement = lex.blocks[--lex.level];
		lex.began = lex.level;
	}
	strlcpy(lex.last, "\"}\"", sizeof(lex.last));
	return '}';
}

/* Inside quotes, a backslash protects a quote or a backslash. */
static int
quoted(int quote)
{
	static char buf[WORD_MAX];
	size_t len = 0;
	int c, token, bad = -1;

	while ((c = get()) != quote) {
		if (c == '\n' || c == EOF) {
			unget(c);
			return bad_token("%c: not closed in this line, write "
			    "another at the end of the text", quote);
		}
		if (c == '\\') {
			if ((c = get()) != '\\' && c != '"' && c != '\'') {
				unget(c);
				c = '\\';
			}
		}
		if ((c < ' ' || c > '~') && bad == -1)
			bad = c;
		if (len < sizeof(buf))
			buf[len] = (char)c;
		len++;
	}
	if (bad != -1)
		return bad_token("octet 0x%02x in a text, write only "
		    "printable ASCII", bad);
	if (len > sizeof(buf))
		return bad_token("text longer than %zu octets", sizeof(buf));
	token = word_token(buf, len, true);
	explicit_bzero(buf, len);
	return token;
}

static int
bare(int c)
{
	static char buf[WORD_MAX];
	size_t len = 0;
	int token;

	if (!is_bare(c))
		return bad_token("octet 0x%02x, write only printable ASCII",
		    c);
	for (; is_bare(c); c = get()) {
		if (len < sizeof(buf))
			buf[len] = (char)c;
		len++;
	}
	unget(c);
	if (len > sizeof(buf))
		return bad_token("word longer than %zu octets", sizeof(buf));
	token = word_token(buf, len, false);
	explicit_bzero(buf, len);
	return token;
}

static bool
is_bare(int c)
{
	return c > ' ' && c <= '~' && strchr("{},=\"'#$", c) == NULL;
}

/* Values are not searched for macros again: expansion always ends. */
static int
expand(void)
{
	const struct macro *m;
	char name[64];
	size_t len = 0;
	int c;

	if (lex.macro != NULL)
		return bad_token("$ in the value of a macro, write the value "
		    "itself without quotes around $");
	while (isalnum(c = get()) || c == '_') {
		if (len == sizeof(name) - 1)
			return bad_token("name of a macro longer than %zu "
			    "octets", sizeof(name) - 1);
		name[len++] = (char)c;
	}
	unget(c);
	name[len] = '\0';
	if (len == 0)
		return bad_token("$ without the name of a macro, write "
		    "$name, or \"$\" in quotes");
	SLIST_FOREACH(m, &defines, entry) {
		if (strcmp(m->name, name) == 0)
			break;
	}
	if (m == NULL) {
		SLIST_FOREACH(m, &macros, entry) {
			if (strcmp(m->name, name) == 0)
				break;
		}
	}
	if (m == NULL)
		return bad_token("macro %s is not defined, write %s = "
		    "\"value\" in a line above", name, name);
	lex.macro = m->value;
	lex.expanded = m;
	return 0;
}

static int
bad_token(const char *fmt, ...)
{
	char text[CONF_WHY];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(SLIST_FIRST(&inputs)->name, lex.line, "%s", text);
	if (lex.fresh)
		begin(NULL, false);
	lex.failed = true;
	return BAD;
}

static int
word_token(const char *text, size_t len, bool is_quoted)
{
	struct word *w = pool(sizeof(*w));
	bool first = lex.fresh;
	int token = STRING;

	w->text = pool_text(text, len);
	w->file = SLIST_FIRST(&inputs)->name;
	w->line = lex.line;
	if (lex.expanded != NULL)
		w->exposed = lex.expanded->exposed;
	else if (SLIST_FIRST(&inputs)->exposed)
		w->exposed = w->file;
	lex.expanded = NULL;
	if (first)
		begin(w, !is_quoted);
	yylval.word = w;
	if (!is_quoted)
		token = token_of(w, first);
	lex.second = first;
	snprintf(lex.last, sizeof(lex.last), "\"%.48s\"", w->text);
	return token;
}

/* The meaning of an unquoted word, by its position. */
static int
token_of(const struct word *w, bool first)
{
	const struct conf_field *f = row_of(w, first);
	const struct conf_keyword *k;

	if (f != NULL) {
		lex.field = yylval.field = f;
		return f->fit > 1 ? LIST : FIELD;
	}
	/* Some of its words are keywords. */
	if (lex.field != NULL && lex.field->type == CONF_TYPE_CHOICE)
		return STRING;
	if ((k = conf_keyword_find(w->text)) == NULL)
		return STRING;
	if (first && k->usage == NULL && (k->begins & tables_here()))
		return GROUP;
	return k->token != 0 ? k->token : RESERVED;
}

/*
 * The setting with this keyword: alone, with the first one, or behind a value.
 */
static const struct conf_field *
row_of(const struct word *w, bool first)
{
	const struct conf_field *next;

	if (lex.field != NULL) {
		next = lex.field + 1;
		return next->name != NULL && (next->flags & CONF_JOINED) &&
		    strcmp(next->name, w->text) == 0 ? next : NULL;
	}
	if (first)
		return conf_field_find(tables_here(), w->text, NULL);
	if (!lex.second || lex.statement == NULL)
		return NULL;
	return conf_field_find(tables_here(), lex.statement->name, w->text);
}

/* Those whose settings and statements may stand here. */
static unsigned int
tables_here(void)
{
	if (lex.began == 0)
		return CONF_TOP;
	return lex.blocks[lex.began - 1]->token == INTERFACE ?
	    CONF_IN(CONF_IFACE) : CONF_IN(CONF_NETWORK);
}

static void
begin(const struct word *first, bool bare_word)
{
	lex.fresh = lex.second = lex.equals = lex.bad_header = false;
	lex.began = lex.level;
	lex.first = first;
	lex.field = NULL;
	lex.statement = bare_word ? conf_keyword_find(first->text) : NULL;
	if (lex.statement != NULL && lex.statement->begins == 0)
		lex.statement = NULL;
}

/* What is wrong, and which statements would be valid here. */
static void
yyerror(const char *what)
{
	const char *file = SLIST_FIRST(&inputs)->name;
	const char *first = lex.first != NULL ? lex.first->text : NULL;

	if (lex.failed)
		return;
	if (strcmp(what, "syntax error") != 0)
		report(file, lex.line, "%s", what);
	else if (lex.level + lex.lists > 0 &&
	    strcmp(lex.last, "end of file") == 0)
		report(file, lex.line, "end of file, but the { of line %d is "
		    "not closed, write }", lex.brace_line);
	else if (lex.statement != NULL)
		bad_statement(file);
	else if (first == NULL)
		report(file, lex.line, "unexpected %s, write a keyword",
		    lex.last);
	else if (conf_keyword_find(first) != NULL)
		report(file, lex.line, "%s: does not begin a statement nor "
		    "name a macro, write another word", first);
	else if (lex.equals)
		report(file, lex.line, "macro %.64s: unexpected %s, write "
		    "%.64s = \"value\"", first, lex.last, first);
	else
		unknown_word(file, first);
	if (has_block(lex.statement))
		skip_block();
}

/* Its header was wrong, so that its brace is as one of a list. */
static void
skip_block(void)
{
	lex.bad_header = true;
	if (lex.level > lex.began) {
		lex.level--;
		lex.lists++;
		lex.fresh = false;
	}
}

/* A statement with a word too many or too few, or in the wrong place. */
static void
bad_statement(const char *file)
{
	const struct conf_keyword *k = lex.statement;
	char right[CONF_WHY];

	if (k->begins & tables_here()) {
		conf_keyword_usage(k, tables_here(), right, sizeof(right));
		if (k->token == TLS)	/* it may be a key */
			report(file, lex.line, "%s: write: %s", k->name,
			    right);
		else
			report(file, lex.line, "%s: unexpected %s, write: %s",
			    k->name, lex.last, right);
	} else if (lex.began == 0) {
		report(file, lex.line, "%s: write it inside of interface "
		    "name { }", k->name);
	} else if (lex.blocks[lex.began - 1]->token == INTERFACE) {
		conf_keyword_list(CONF_IN(CONF_IFACE), ", ", " or ", right,
		    sizeof(right));
		report(file, lex.line, "%s: not an option of an interface, "
		    "write it outside of the block, or %s here", k->name,
		    right);
	} else
		report(file, lex.line, "%s: %s", k->name,
		    k->begins & CONF_IN(CONF_GLOBAL) ? "is for all networks, "
		    "write it outside of their blocks" : "write it inside of "
		    "interface name { }");
}

static void
unknown_word(const char *file, const char *text)
{
	unsigned int begins = tables_here();
	const struct conf_keyword *k = conf_keyword_near(text, begins);
	char all[CONF_WHY];

	if (k != NULL) {
		report(file, lex.line, "unknown keyword \"%.64s\", did you "
		    "mean \"%s\"?", text, k->name);
		return;
	}
	conf_keyword_list(begins, " ", " ", all, sizeof(all));
	report(file, lex.line, "unknown keyword \"%.64s\", write one of: %s",
	    text, all);
}
