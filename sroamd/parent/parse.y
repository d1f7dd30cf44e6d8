/* SPDX-License-Identifier: ISC */
%{
#include <sys/queue.h>

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/conf.h"
#include "conf/fault.h"
#include "conf/field.h"
#include "conf/value.h"

#define FILE_MAX	(4u * 1024 * 1024)
#define WORD_MAX	4096
#define INCLUDES_MAX	256		/* files, so that a loop ends */
#define DEFAULT_PORT	4444

/* Lists recurse on the left: this is deep, and never on the heap. */
#define YYINITDEPTH	512
#define YYMAXDEPTH	YYINITDEPTH

/* A token with a text, and where it stood. */
struct word {
	struct word	*next;		/* in a list */
	const char	*text;
	const char	*file;
	int		 line;
};

struct words {
	struct word	*first, *last;
};

/* A keyword; one that begins a statement has a line of help. */
struct keyword {
	const char	*name;
	int		 token;
	bool		 option;	/* of an interface block */
	const char	*usage;
};

struct source {
	SLIST_ENTRY(source) entry;
	const char	*name;
	const char	*text;
	size_t		 pos, len;
	int		 line;
	bool		 included;	/* its start ends the include line */
};

struct macro {
	SLIST_ENTRY(macro) entry;
	const char	*name;
	const char	*value;
};

/* Where each record came from, for faults found at the end. */
struct origin {
	SLIST_ENTRY(origin) entry;
	enum conf_record record;
	uint32_t	 index;
	const struct word *word;
};

/* All memory of one run, so that no path can forget to free some. */
struct chunk {
	SLIST_ENTRY(chunk) entry;
	size_t		 size;
	max_align_t	 data[];
};

int		 yyparse(void);
static int	 yylex(void);
static void	 yyerror(const char *);

static void	 complain(const char *, int, const char *, ...)
		    __attribute__((format(printf, 3, 4)));
static void	 refuse(const struct word *, const char *, const char *);
static void	 no_memory(void) __attribute__((noreturn));
static void	*pool(size_t);
static char	*pool_text(const char *, size_t);
static struct words *words_of(struct words *, struct word *);
static const struct word *join(const struct words *);

static void	 set_macro(const struct word *, const char *);
static void	 include(const struct word *);
static void	 set_field(enum conf_index, const struct word *);
static void	 set_lifetime(const struct word *, const struct word *);
static void	 set_router_addr(const struct word *);
static void	 add_prefix(const struct word *);
static void	 add_prefixes(const struct words *, const struct word *);
static void	 add_nameserver(const struct word *);
static void	 add_ntp(const struct word *);
static void	 add_relay(const struct word *);
static void	 add_range(bool, const struct word *, const struct word *);
static bool	 start_option(const struct word *, struct dhcp_option *);
static void	 end_option(const struct word *, const struct dhcp_option *);
static void	 add_option_text(const struct word *, const struct word *);
static void	 add_option_hex(const struct word *, const struct word *);
static void	 add_option_addrs(const struct word *, const struct words *);
static void	 start_host(const struct word *);
static void	 set_host_mac(const struct word *);
static void	 set_host_client(const struct word *, bool);
static void	 set_host_addr(const struct word *);
static void	 set_host_prefix(const struct word *);
static void	 set_host_delegated(const struct word *);
static void	 end_host(const struct word *);
static void	 set_netmask(const struct word *);
static void	 set_isolated(const char *, const struct word *);
static void	 add_search(const struct word *);
static void	 set_nat64(const struct word *);
static void	 set_captive(const struct word *);
static void	 add_advert_route(const struct word *, const struct word *);
static void	 add_listen(const struct word *, const struct word *, int,
		    const struct words *);
static bool	 add_sources(struct conf_listen *, const struct words *);
static void	 add_peer(const struct word *, const struct word *, int,
		    const struct word *);
static void	 add_auto(const struct word *, const struct word *,
		    const struct word *, int);
static void	 keep_peer(struct conf_peer *, const struct word *,
		    const struct word *);
static void	 add_psk(const struct word *);
static void	 set_certs(const struct word *, const struct word *,
		    const struct word *);
static void	 start_iface(const struct word *);
static void	 end_iface(const struct word *);
static void	 set_source(const struct word *);
static void	 add_port(const struct word *);
static void	 set_lladdr(const struct word *);
static void	 add_gateway(const struct word *);
static void	 each(const struct words *, void (*)(const struct word *));
static void	 remember(enum conf_record, uint32_t, const struct word *);

static void	 push_source(const char *, const char *, size_t, bool);
static char	*read_file(const char *, size_t *);
static int	 get(void);
static void	 unget(int);
static int	 end_line(void);
static int	 end_file(void);
static int	 open_brace(void);
static int	 close_brace(void);
static int	 quoted(int);
static int	 bare(int);
static int	 expand(void);
static int	 word_token(const char *, size_t, bool);
static void	 begin(const struct word *, const struct keyword *);
static int	 bad_token(const char *, ...)
		    __attribute__((format(printf, 1, 2)));
static bool	 is_bare(int);
static const struct keyword *find_keyword(const char *);
static int	 cmp_keyword(const void *, const void *);
static void	 unknown_word(const char *, int, const char *);
static const struct keyword *nearest(const char *);
static unsigned int distance(const char *, const char *);

static struct conf		*conf;
static struct conf_iface	 iface;		/* its block is being read */
static struct conf_host		 host;		/* its line is being read */
static int			 errors, includes;
static bool			 may_include;
static SLIST_HEAD(, source)	 sources = SLIST_HEAD_INITIALIZER(sources);
static SLIST_HEAD(, macro)	 macros = SLIST_HEAD_INITIALIZER(macros);
static SLIST_HEAD(, macro)	 defines = SLIST_HEAD_INITIALIZER(defines);
static SLIST_HEAD(, origin)	 origins = SLIST_HEAD_INITIALIZER(origins);
static SLIST_HEAD(, chunk)	 chunks = SLIST_HEAD_INITIALIZER(chunks);

/* The lexer's knowledge of where it is, for the sake of good errors. */
static struct {
	const char	*macro;		/* rest of the value being read */
	bool		 fresh;		/* the next token begins a statement */
	bool		 block;		/* brace 1 is that of an interface */
	bool		 equals;	/* the statement has a = */
	bool		 failed;	/* the last token was reported as bad */
	bool		 in_block;	/* the statement is an option */
	bool		 bad_header;	/* of an interface: skip its block */
	int		 depth;		/* of braces */
	int		 brace_line;	/* of the outermost list or block */
	int		 line;		/* of the last token */
	const struct word *first;	/* of the statement, if it is a word */
	const struct keyword *statement; /* the first word's, if it is one */
	char		 last[64];	/* the last token, for errors */
} lex;
%}

%union {
	struct word	*word;
	struct words	*words;
	int		 number;
}

%token	ADDRESS ADVERTISE CA CAPTIVE CERT CHROOT CLIENT COMMIT CONTROL DATA
%token	DHCP6 DIRECT DISASSOCIATE DOMAIN DRAIN EXCLUDE FIRST FROM HANDSHAKES
%token	HEX HOST HOSTAPD ID INCLUDE INTERFACE INTERVAL IPV6 ISOLATED KEY LEASE
%token	LEASES LIFETIME LIMIT LISTEN LLADDR LOCATION LOG METRIC NAME NAMESERVER
%token	NAT64 NETMASK
%token	NETWORK NTP ON ONLINK ONLY OPTION PEER PEERS PORT PORTAL PREFERENCE
%token	PREFERRED PREFIX PRIORITY PROBE PSK RANGE RAPID RELAY ROUTE ROUTER
%token	ROUTERS ROUTES RULE SEARCH SOCKET SOURCE STATE STATIONS TABLE TEXT TIME TLS TO
%token	UPDATES USER
%token	BAD
%token	<word> STRING NO DELEGATE
%type	<word> choice port source
%type	<words> words list strings sources
%type	<number> notls

%%

grammar	: /* empty */
	| grammar '\n'
	| grammar statement '\n'
	| grammar error '\n'		{ yyerrok; }
	;

statement
	: INCLUDE STRING		{ include($2); }
	| STRING '=' strings		{ set_macro($1, join($3)->text); }
	| PREFIX words			{ add_prefixes($2, NULL); }
	| PREFIX words DELEGATE STRING	{ add_prefixes($2, $4); }
	| PREFIX LIFETIME STRING	{ set_lifetime($3, NULL); }
	| PREFIX LIFETIME STRING PREFERRED STRING
					{ set_lifetime($3, $5); }
	| NAMESERVER words		{ each($2, add_nameserver); }
	| ROUTER ADDRESS words		{ each($3, set_router_addr); }
	| ROUTER ID STRING		{ set_field(FIELD_ROUTER_ID, $3); }
	| ROUTER NAME STRING		{ set_field(FIELD_ROUTER_NAME, $3); }
	| ROUTER LIFETIME STRING
					{ set_field(FIELD_ROUTER_LIFETIME, $3); }
	| STATE STRING			{ set_field(FIELD_STATE, $2); }
	| HOSTAPD STRING		{ set_field(FIELD_HOSTAPD, $2); }
	| USER STRING			{ set_field(FIELD_USER, $2); }
	| CHROOT STRING			{ set_field(FIELD_CHROOT, $2); }
	| CONTROL SOCKET STRING		{ set_field(FIELD_SOCKET, $3); }
	| NETWORK KEY STRING		{ set_field(FIELD_NETWORK_KEY, $3); }
	| LEASE TIME STRING		{ set_field(FIELD_LEASE_TIME, $3); }
	| LEASE FIRST STRING		{ set_field(FIELD_LEASE_FIRST, $3); }
	| RAPID COMMIT choice		{ set_field(FIELD_RAPID_COMMIT, $3); }
	| IPV6 ONLY STRING		{ set_field(FIELD_IPV6_ONLY, $3); }
	| DOMAIN NAME STRING		{ set_field(FIELD_DOMAIN, $3); }
	| NTP words			{ each($2, add_ntp); }
	| RELAY words			{ each($2, add_relay); }
	| RANGE STRING TO STRING	{ add_range(false, $2, $4); }
	| EXCLUDE STRING		{ add_range(true, $2, $2); }
	| EXCLUDE STRING TO STRING	{ add_range(true, $2, $4); }
	| OPTION STRING TEXT STRING	{ add_option_text($2, $4); }
	| OPTION STRING HEX STRING	{ add_option_hex($2, $4); }
	| OPTION STRING ADDRESS words	{ add_option_addrs($2, $4); }
	| HOST STRING			{ start_host($2); }
	    identity fixed		{ end_host($2); }
	| LOCATION TIME STRING		{ set_field(FIELD_LOCATION_TIME, $3); }
	| PROBE INTERVAL STRING		{ set_field(FIELD_PROBE_INTERVAL, $3); }
	| TABLE STRING			{ set_field(FIELD_TABLE, $2); }
	| RULE PRIORITY STRING		{ set_field(FIELD_RULE_PRIORITY, $3); }
	| ROUTE METRIC STRING		{ set_field(FIELD_METRIC, $3); }
	| DRAIN STRING			{ set_field(FIELD_DRAIN, $2); }
	| LIMIT DATA STRING		{ set_field(FIELD_MAX_DATA, $3); }
	| LIMIT HANDSHAKES STRING
					{ set_field(FIELD_MAX_HANDSHAKES, $3); }
	| LIMIT LEASES STRING		{ set_field(FIELD_MAX_LEASES, $3); }
	| LIMIT PEERS STRING		{ set_field(FIELD_MAX_PEERS, $3); }
	| LIMIT ROUTERS STRING		{ set_field(FIELD_MAX_ROUTERS, $3); }
	| LIMIT SOURCE STRING		{ set_field(FIELD_MAX_SOURCE, $3); }
	| LIMIT UPDATES STRING		{ set_field(FIELD_MAX_UPDATES, $3); }
	| DIRECT choice			{ set_field(FIELD_DIRECT, $2); }
	| DISASSOCIATE choice		{ set_field(FIELD_DISASSOCIATE, $2); }
	| ROUTES choice			{ set_field(FIELD_LEAVE_ROUTES, $2); }
	| LOG choice			{ set_field(FIELD_VERBOSE, $2); }
	| ONLINK choice			{ set_field(FIELD_ONLINK, $2); }
	| ROUTER PREFERENCE STRING	{ set_field(FIELD_PREFERENCE, $3); }
	| DHCP6 choice			{ set_field(FIELD_DHCP6, $2); }
	| SEARCH words			{ each($2, add_search); }
	| NAT64 PREFIX STRING		{ set_nat64($3); }
	| CAPTIVE PORTAL STRING		{ set_captive($3); }
	| ADVERTISE ROUTE STRING	{ add_advert_route($3, NULL); }
	| ADVERTISE ROUTE STRING PREFERENCE STRING
					{ add_advert_route($3, $5); }
	| LISTEN ON STRING port notls sources
					{ add_listen($3, $4, $5, $6); }
	| PEER STRING port notls source	{ add_peer($2, $3, $4, $5); }
	| PEER STRING ON STRING port notls
					{ add_auto($2, $4, $5, $6); }
	| TLS PSK STRING		{ add_psk($3); }
	| TLS CA STRING CERT STRING KEY STRING
					{ set_certs($3, $5, $7); }
	| INTERFACE STRING		{ start_iface($2); }
	    block			{ end_iface($2); }
	;

identity
	: LLADDR STRING			{ set_host_mac($2); }
	| CLIENT TEXT STRING		{ set_host_client($3, false); }
	| CLIENT HEX STRING		{ set_host_client($3, true); }
	;

fixed	: /* empty */
	| fixed ADDRESS STRING		{ set_host_addr($3); }
	| fixed PREFIX STRING		{ set_host_prefix($3); }
	| fixed DELEGATE STRING		{ set_host_delegated($3); }
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

choice	: STRING
	| NO
	| DELEGATE
	;

block	: /* empty */
	| '{' options '}'
	;

options	: /* empty */
	| options '\n'
	| options option '\n'
	| options error '\n'		{ yyerrok; }
	;

option	: STATIONS STRING		{ set_source($2); }
	| STATIONS STRING ON words	{
		set_source($2);
		each($4, add_port);
	}
	| LLADDR STRING			{ set_lladdr($2); }
	| NETMASK STRING		{ set_netmask($2); }
	| ISOLATED STRING		{ set_isolated($2->text, $2); }
	| ISOLATED NO			{ set_isolated("no", $2); }
	| ADDRESS words			{ each($2, add_gateway); }
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

/* In the order of names, for bsearch. */
static const struct keyword keywords[] = {
	{ "address", ADDRESS, true, "address address[/length]" },
	{ "advertise", ADVERTISE, false, "advertise route address/length "
	    "[preference high|medium|low]" },
	{ "ca", CA, false, NULL },
	{ "captive", CAPTIVE, false, "captive portal \"https://...\"" },
	{ "cert", CERT, false, NULL },
	{ "chroot", CHROOT, false, "chroot \"path\"" },
	{ "client", CLIENT, false, NULL },
	{ "commit", COMMIT, false, NULL },
	{ "control", CONTROL, false, "control socket \"path\"" },
	{ "data", DATA, false, NULL },
	{ "delegate", DELEGATE, false, NULL },
	{ "dhcp6", DHCP6, false, "dhcp6 no|stateless|delegate" },
	{ "direct", DIRECT, false, "direct yes|no" },
	{ "disassociate", DISASSOCIATE, false, "disassociate yes|no" },
	{ "domain", DOMAIN, false, "domain name name" },
	{ "drain", DRAIN, false, "drain time" },
	{ "exclude", EXCLUDE, false, "exclude address [to address]" },
	{ "first", FIRST, false, NULL },
	{ "from", FROM, false, NULL },
	{ "handshakes", HANDSHAKES, false, NULL },
	{ "hex", HEX, false, NULL },
	{ "host", HOST, false, "host name lladdr mac|client text|hex id "
	    "[address address] [prefix prefix] [delegate prefix]" },
	{ "hostapd", HOSTAPD, false, "hostapd \"path\"" },
	{ "id", ID, false, NULL },
	{ "include", INCLUDE, false, "include \"path\"" },
	{ "interface", INTERFACE, false,
	    "interface name [{ options, one a line }]" },
	{ "interval", INTERVAL, false, NULL },
	{ "ipv6", IPV6, false, "ipv6 only time" },
	{ "isolated", ISOLATED, true, "isolated yes|no" },
	{ "key", KEY, false, NULL },
	{ "lease", LEASE, false, "lease time|first time" },
	{ "leases", LEASES, false, NULL },
	{ "lifetime", LIFETIME, false, NULL },
	{ "limit", LIMIT, false, "limit data|leases|peers|handshakes|"
	    "routers|source|updates number" },
	{ "listen", LISTEN, false, "listen on address|* [port number] [no tls] "
	    "[from prefix|{ list }]" },
	{ "lladdr", LLADDR, true, "lladdr xx:xx:xx:xx:xx:xx" },
	{ "location", LOCATION, false, "location time time" },
	{ "log", LOG, false, "log brief|verbose" },
	{ "metric", METRIC, false, NULL },
	{ "name", NAME, false, NULL },
	{ "nameserver", NAMESERVER, false, "nameserver address|{ list }" },
	{ "nat64", NAT64, false, "nat64 prefix address/length" },
	{ "netmask", NETMASK, true, "netmask number" },
	{ "network", NETWORK, false, "network key \"text\"" },
	{ "no", NO, false, NULL },
	{ "ntp", NTP, false, "ntp address|{ list }" },
	{ "on", ON, false, NULL },
	{ "onlink", ONLINK, false, "onlink yes|no" },
	{ "only", ONLY, false, NULL },
	{ "option", OPTION, false, "option number text|hex|address value" },
	{ "peer", PEER, false, "peer address|name|auto on "
	    "interface [port number] [no tls] [from address]" },
	{ "peers", PEERS, false, NULL },
	{ "port", PORT, false, NULL },
	{ "portal", PORTAL, false, NULL },
	{ "preference", PREFERENCE, false, NULL },
	{ "preferred", PREFERRED, false, NULL },
	{ "prefix", PREFIX, false, "prefix address/length|{ list } [delegate "
	    "length], or prefix lifetime time [preferred time]" },
	{ "priority", PRIORITY, false, NULL },
	{ "probe", PROBE, false, "probe interval time" },
	{ "psk", PSK, false, NULL },
	{ "range", RANGE, false, "range address to address" },
	{ "rapid", RAPID, false, "rapid commit yes|no" },
	{ "relay", RELAY, false, "relay address|{ list }" },
	{ "route", ROUTE, false, "route metric number" },
	{ "router", ROUTER, false, "router address address|{ list }, "
	    "router id id, router name name, router lifetime time or router "
	    "preference high|medium|low" },
	{ "routers", ROUTERS, false, NULL },
	{ "routes", ROUTES, false, "routes keep|remove" },
	{ "rule", RULE, false, "rule priority number" },
	{ "search", SEARCH, false, "search \"domain\"|{ list }" },
	{ "socket", SOCKET, false, NULL },
	{ "source", SOURCE, false, NULL },
	{ "state", STATE, false, "state none|\"path\"" },
	{ "stations", STATIONS, true,
	    "stations nl80211|bridge|packets|auto [on name|{ list }]" },
	{ "table", TABLE, false, "table number" },
	{ "text", TEXT, false, NULL },
	{ "time", TIME, false, NULL },
	{ "tls", TLS, false, "tls psk \"secret\"|\"file:/path\", or tls ca \"path\" cert "
	    "\"path\" key \"path\"" },
	{ "to", TO, false, NULL },
	{ "updates", UPDATES, false, NULL },
	{ "user", USER, false, "user \"name\"" },
};

#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static void	fault(void *, const struct conf_fault *);
static void	run(const char *, const char *, size_t);
static void	reset(void);

/* From wherever memory was refused; all that there is, is in the pool. */
static jmp_buf	 refused;

/* A file that is about to be copied there. */
static struct {
	char	*text;
	size_t	 len;
} copied;

struct conf *
conf_parse(const char *path)
{
	struct conf *result;
	const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
	char *text;
	size_t len;

	if ((text = read_file(name == path ? path : NULL, &len)) == NULL) {
		log_warnx("%s: %s", name, strerror(errno));
		return NULL;
	}
	result = conf_parse_text(name, text, len, true);
	freezero(text, len);
	return result;
}

struct conf *
conf_parse_text(const char *name, const char *text, size_t len, bool may)
{
	struct conf *result;

	reset();
	may_include = may;
	if (setjmp(refused) == 0)
		run(name, text, len);
	else {
		nomem("a configuration");
		complain(name, lex.line, "no memory");
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
run(const char *name, const char *text, size_t len)
{
	if ((conf = conf_new()) == NULL)
		no_memory();
	push_source(name, text, len, false);
	if (yyparse() != 0 && errors == 0)
		errors++;
	if (errors == 0 && conf_faults(conf, fault, NULL) == -1)
		no_memory();
	/* A file that was truncated must not take all away by a reload. */
	if (errors == 0 && conf->nifaces == 0 && conf->nlistens == 0 &&
	    conf->npeers == 0)
		complain(name, lex.line, "nothing to do, write an interface, "
		    "a peer or listen on");
}

/* Begin anew, with the macros of -D as they were and no memory in use. */
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
	SLIST_INIT(&sources);
	SLIST_INIT(&macros);
	SLIST_INIT(&origins);
	memset(&lex, 0, sizeof(lex));
	memset(&iface, 0, sizeof(iface));
	lex.fresh = true;
	lex.line = 1;
	errors = includes = 0;
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
complain(const char *file, int line, const char *fmt, ...)
{
	char text[CONF_WHY];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("%s:%d: %s", file, line, text);
	errors++;
}

/* "file:line: subject word: why". */
static void
refuse(const struct word *w, const char *subject, const char *why)
{
	complain(w->file, w->line, "%s %.64s: %s", subject, w->text, why);
}

static void
fault(void *arg, const struct conf_fault *f)
{
	const struct source *s = SLIST_FIRST(&sources);
	const struct origin *o;

	(void)arg;
	SLIST_FOREACH(o, &origins, entry) {
		if (o->record == f->record && o->index == f->index) {
			complain(o->word->file, o->word->line, "%s", f->text);
			return;
		}
	}
	complain(s->name, s->line, "%s", f->text);
}

static void
remember(enum conf_record record, uint32_t index, const struct word *w)
{
	struct origin *o = pool(sizeof(*o));

	o->record = record;
	o->index = index;
	o->word = w;
	SLIST_INSERT_HEAD(&origins, o, entry);	/* the last one is found */
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

/* The words with a space between, as one. */
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
	}
	return all;
}

static void
set_macro(const struct word *name, const char *value)
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
	m->value = value;
	SLIST_INSERT_HEAD(&macros, m, entry);	/* the last one is found */
}

/* A relative path is seen from the file that names it. */
static void
include(const struct word *w)
{
	const char *slash = strrchr(w->file, '/');
	char *path;
	size_t dir;

	if (!may_include) {
		refuse(w, "include", "not allowed here");
		return;
	}
	if (++includes > INCLUDES_MAX) {
		/* Once is enough: every file of a loop would say it. */
		if (includes == INCLUDES_MAX + 1)
			refuse(w, "include", "more than 256 files, remove "
			    "what includes itself");
		return;
	}
	dir = w->text[0] == '/' || slash == NULL ? 0 : slash + 1 - w->file;
	path = pool(dir + strlen(w->text) + 1);
	memcpy(path, w->file, dir);
	strcpy(path + dir, w->text);
	if ((copied.text = read_file(path, &copied.len)) == NULL) {
		refuse(w, "include", strerror(errno));
		return;
	}
	push_source(path, pool_text(copied.text, copied.len),
	    copied.len, true);
	freezero(copied.text, copied.len);
	memset(&copied, 0, sizeof(copied));
}

static void
set_field(enum conf_index index, const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_field(&conf->global, index, w->text, why) == -1) {
		if (index == FIELD_NETWORK_KEY)	/* not a text for logs */
			complain(w->file, w->line, "network key: %s", why);
		else
			refuse(w, conf_field(index)->name, why);
	}
	remember(RECORD_FIELD, index, w);
}

/* Without a word of its own, preferred is half of valid. */
static void
set_lifetime(const struct word *valid, const struct word *preferred)
{
	struct conf_global *g = &conf->global;

	set_field(FIELD_PREFIX_VALID, valid);
	if (preferred != NULL) {
		set_field(FIELD_PREFIX_PREFERRED, preferred);
	} else {
		g->prefix_preferred = g->prefix_valid / 2;
		remember(RECORD_FIELD, FIELD_PREFIX_PREFERRED, valid);
	}
}

static void
set_router_addr(const struct word *w)
{
	struct addr addr, *at;
	char why[CONF_WHY];

	if (conf_value_addr(w->text, &addr, why) == -1) {
		refuse(w, "router address", why);
		return;
	}
	at = addr_is_v4(&addr) ? &conf->global.router_addr4 :
	    &conf->global.router_addr6;
	if (addr_is_none(&addr))
		refuse(w, "router address", "write a unicast address");
	else if (!addr_is_none(at) && addr_cmp(at, &addr) != 0)
		refuse(w, "router address", "the second of its family, write "
		    "one IPv4 and one IPv6 address at most");
	*at = addr;
	remember(RECORD_ROUTER_ADDR, addr_is_v4(&addr) ? 0 : 1, w);
}

static void
add_prefix(const struct word *w)
{
	struct conf_global *g = &conf->global;
	char why[CONF_WHY];

	if (g->nprefixes == CONF_PREFIXES)
		complain(w->file, w->line, "prefix %.64s: at most %u fit",
		    w->text, CONF_PREFIXES);
	else if (conf_value_prefix(w->text, &g->prefixes[g->nprefixes],
	    why) == -1)
		refuse(w, "prefix", why);
	else
		remember(RECORD_PREFIX, g->nprefixes++, w);
}

/* Prefixes, or pools of what is delegated by that length. */
static void
add_prefixes(const struct words *list, const struct word *length)
{
	uint32_t first = conf->global.nprefixes, n = 0;
	char why[CONF_WHY];

	if (length != NULL && conf_value_number(length->text,
	    DELEGATED_SHORTEST, DELEGATED_LONGEST, &n, why) == -1)
		refuse(length, "delegate", why);
	each(list, add_prefix);
	for (; first < conf->global.nprefixes; first++)
		conf->global.delegates[first] = (uint8_t)n;
}

static void
add_nameserver(const struct word *w)
{
	struct conf_global *g = &conf->global;
	char why[CONF_WHY];

	if (g->nnameservers == CONF_NAMESERVERS)
		complain(w->file, w->line, "nameserver %.64s: at most %u fit",
		    w->text, CONF_NAMESERVERS);
	else if (conf_value_addr(w->text, &g->nameservers[g->nnameservers],
	    why) == -1)
		refuse(w, "nameserver", why);
	else
		remember(RECORD_NAMESERVER, g->nnameservers++, w);
}

static void
add_ntp(const struct word *w)
{
	struct conf_global *g = &conf->global;
	char why[CONF_WHY];

	if (g->nntp == CONF_NTP)
		complain(w->file, w->line, "ntp %.64s: at most %u fit",
		    w->text, CONF_NTP);
	else if (conf_value_addr(w->text, &g->ntp[g->nntp], why) == -1)
		refuse(w, "ntp", why);
	else
		remember(RECORD_NTP, g->nntp++, w);
}

static void
add_relay(const struct word *w)
{
	struct conf_global *g = &conf->global;
	char why[CONF_WHY];

	if (g->nrelays == CONF_RELAYS)
		complain(w->file, w->line, "relay %.64s: at most %u fit",
		    w->text, CONF_RELAYS);
	else if (conf_value_v4(w->text, &g->relays[g->nrelays], why) == -1)
		refuse(w, "relay", why);
	else
		remember(RECORD_RELAY, g->nrelays++, w);
}

static void
add_search(const struct word *w)
{
	struct conf_global *g = &conf->global;
	char why[CONF_WHY];

	if (g->nsearch == CONF_SEARCH)
		complain(w->file, w->line, "search %.64s: at most %u fit",
		    w->text, CONF_SEARCH);
	else if (conf_value_domain(w->text, g->search[g->nsearch], why) == -1)
		refuse(w, "search", why);
	else
		g->nsearch++;
}

static void
set_nat64(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_nat64(w->text, &conf->global.nat64, why) == -1)
		refuse(w, "nat64 prefix", why);
}

static void
set_captive(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_uri(w->text, conf->global.captive, why) == -1)
		refuse(w, "captive portal", why);
}

static void
add_advert_route(const struct word *w, const struct word *preference)
{
	struct conf_global *g = &conf->global;
	struct conf_global scratch;	/* for a value of the same words */
	struct conf_route *r = &g->routes[g->nroutes];
	char why[CONF_WHY];

	if (g->nroutes == CONF_ROUTES) {
		complain(w->file, w->line, "advertise route %.64s: at most "
		    "%u fit", w->text, CONF_ROUTES);
		return;
	}
	scratch.preference = PREFERENCE_MEDIUM;
	if (conf_value_prefix(w->text, &r->prefix, why) == -1)
		refuse(w, "advertise route", why);
	else if (preference != NULL && conf_value_field(&scratch,
	    FIELD_PREFERENCE, preference->text, why) == -1)
		refuse(preference, "preference", why);
	else {
		r->preference = scratch.preference;
		remember(RECORD_ADVERT_ROUTE, g->nroutes++, w);
	}
}

static void
add_range(bool exclude, const struct word *first, const struct word *last)
{
	struct conf_global *g = &conf->global;
	const char *name = exclude ? "exclude" : "range";
	uint32_t *n = exclude ? &g->nexcludes : &g->nranges;
	struct conf_range *r = exclude ? &g->excludes[*n] : &g->ranges[*n];
	char why[CONF_WHY];

	if (*n == CONF_RANGES)
		complain(first->file, first->line, "%s %.64s: at most %u fit",
		    name, first->text, CONF_RANGES);
	else if (conf_value_v4(first->text, &r->first, why) == -1)
		refuse(first, name, why);
	else if (conf_value_v4(last->text, &r->last, why) == -1)
		refuse(last, name, why);
	else
		remember(exclude ? RECORD_EXCLUDE : RECORD_RANGE, (*n)++,
		    first);
}

static bool
start_option(const struct word *w, struct dhcp_option *option)
{
	char why[CONF_WHY];
	uint32_t code;

	memset(option, 0, sizeof(*option));
	if (conf_value_number(w->text, 1, 254, &code, why) == -1) {
		refuse(w, "option", why);
		return false;
	}
	option->code = (uint8_t)code;
	return true;
}

static void
end_option(const struct word *w, const struct dhcp_option *option)
{
	if (conf->noptions == CONF_OPTIONS)
		complain(w->file, w->line, "option %.64s: at most %u fit",
		    w->text, CONF_OPTIONS);
	else if (conf_add_option(conf, option) == -1)
		no_memory();
	else
		remember(RECORD_OPTION, conf->noptions - 1, w);
}

static void
add_option_text(const struct word *w, const struct word *value)
{
	struct dhcp_option option;
	size_t len = strlen(value->text);

	if (!start_option(w, &option))
		return;
	if (len == 0 || len > sizeof(option.data)) {
		complain(value->file, value->line, "option %.64s: %zu octets, "
		    "write 1 to %zu", w->text, len, sizeof(option.data));
		return;
	}
	option.len = (uint16_t)len;
	memcpy(option.data, value->text, len);
	end_option(w, &option);
}

static void
add_option_hex(const struct word *w, const struct word *value)
{
	struct dhcp_option option;
	char why[CONF_WHY];
	size_t len;

	if (!start_option(w, &option))
		return;
	if (conf_value_hex(value->text, option.data, sizeof(option.data),
	    &len, why) == -1) {
		refuse(w, "option", why);
		return;
	}
	option.len = (uint16_t)len;
	end_option(w, &option);
}

static void
add_option_addrs(const struct word *w, const struct words *values)
{
	struct dhcp_option option;
	const struct word *value;
	struct addr addr;
	char why[CONF_WHY];

	if (!start_option(w, &option))
		return;
	for (value = values->first; value != NULL; value = value->next) {
		if (conf_value_v4(value->text, &addr, why) == -1) {
			refuse(value, "option address", why);
			return;
		}
		if (option.len + 4u > sizeof(option.data)) {
			complain(w->file, w->line, "option %.64s: at most %zu "
			    "addresses fit", w->text,
			    sizeof(option.data) / 4);
			return;
		}
		memcpy(option.data + option.len, addr_v4(&addr), 4);
		option.len += 4;
	}
	end_option(w, &option);
}

static void
start_host(const struct word *w)
{
	memset(&host, 0, sizeof(host));
	if (w->text[0] == '\0' || strlen(w->text) >= sizeof(host.name) ||
	    strspn(w->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
	    "WXYZ0123456789.-") < strlen(w->text))
		refuse(w, "host", "write a name of 1 to 63 letters, digits, "
		    "dashes and dots");
	else
		strlcpy(host.name, w->text, sizeof(host.name));
}

static void
set_host_mac(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_mac(w->text, &host.mac, why) == -1)
		refuse(w, "lladdr", why);
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
	host.client_idlen = (uint8_t)len;
}

static void
set_host_addr(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_v4(w->text, &host.addr, why) == -1)
		refuse(w, "address", why);
}

static void
set_host_prefix(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_prefix(w->text, &host.prefix, why) == -1)
		refuse(w, "prefix", why);
	else if (host.prefix.len == 0)
		refuse(w, "prefix", "write a /64");
}

static void
set_host_delegated(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_prefix(w->text, &host.delegated, why) == -1)
		refuse(w, "delegate", why);
	else if (host.delegated.len == 0)
		refuse(w, "delegate", "write a prefix to delegate");
}

static void
end_host(const struct word *w)
{
	if (conf->nhosts == CONF_HOSTS)
		complain(w->file, w->line, "host %.64s: at most %u fit",
		    w->text, CONF_HOSTS);
	else if (conf_add_host(conf, &host) == -1)
		no_memory();
	else
		remember(RECORD_HOST, conf->nhosts - 1, w);
}

static void
add_listen(const struct word *w, const struct word *port, int notls,
    const struct words *from)
{
	struct conf_listen listen = { .port = DEFAULT_PORT, .notls = notls };
	char why[CONF_WHY];

	if (strcmp(w->text, "*") != 0 &&
	    conf_value_addr(w->text, &listen.addr, why) == -1)
		refuse(w, "listen on", why);
	else if (port != NULL &&
	    conf_value_port(port->text, &listen.port, why) == -1)
		refuse(port, "port", why);
	else if (from != NULL && !add_sources(&listen, from))
		return;
	else if (conf->nlistens == CONF_LISTENS)
		complain(w->file, w->line, "listen on %.64s: at most %u fit",
		    w->text, CONF_LISTENS);
	else if (conf_add_listen(conf, &listen) == -1)
		no_memory();
	else
		remember(RECORD_LISTEN, conf->nlistens - 1, w);
}

/* Prefixes, or addresses of single routers. */
static bool
add_sources(struct conf_listen *listen, const struct words *from)
{
	const struct word *w;
	struct addr addr;
	struct prefix *p;
	char why[CONF_WHY];

	for (w = from->first; w != NULL; w = w->next) {
		if (listen->nfrom == CONF_SOURCES) {
			complain(w->file, w->line, "from %.64s: at most %u "
			    "fit", w->text, CONF_SOURCES);
			return false;
		}
		p = &listen->from[listen->nfrom++];
		if (addr_parse(w->text, &addr) == 0)
			prefix_host(p, &addr);
		else if (conf_value_prefix(w->text, p, why) == -1) {
			refuse(w, "from", why);
			return false;
		}
	}
	return true;
}

static void
add_peer(const struct word *w, const struct word *port, int notls,
    const struct word *from)
{
	struct conf_peer peer = { .port = DEFAULT_PORT, .notls = notls };
	char why[CONF_WHY];

	if (strcmp(w->text, "auto") == 0)
		refuse(w, "peer", "on which interface, write \"peer auto on "
		    "name\"");
	else if (addr_parse(w->text, &peer.addr) == -1 &&
	    conf_value_host(w->text, peer.host, why) == -1)
		refuse(w, "peer", why);
	else if (from != NULL &&
	    conf_value_addr(from->text, &peer.from, why) == -1)
		refuse(from, "from", why);
	else
		keep_peer(&peer, w, port);
}

static void
add_auto(const struct word *w, const struct word *name,
    const struct word *port, int notls)
{
	struct conf_peer peer = { .port = DEFAULT_PORT, .notls = notls,
	    .automatic = 1 };
	char why[CONF_WHY];

	if (strcmp(w->text, "auto") != 0)
		refuse(w, "peer", "only \"auto\" is followed by \"on\", write "
		    "\"peer auto on name\"");
	else if (conf_value_ifname(name->text, peer.host, why) == -1)
		refuse(name, "peer auto on", why);
	else
		keep_peer(&peer, name, port);
}

static void
keep_peer(struct conf_peer *peer, const struct word *w,
    const struct word *port)
{
	char why[CONF_WHY];

	if (port != NULL &&
	    conf_value_port(port->text, &peer->port, why) == -1)
		refuse(port, "port", why);
	else if (conf->npeers == CONF_PEERS)
		complain(w->file, w->line, "peer %.64s: at most %u fit",
		    w->text, CONF_PEERS);
	else if (conf_add_peer(conf, peer) == -1)
		no_memory();
	else
		remember(RECORD_PEER, conf->npeers - 1, w);
}

/* Not a text for logs. */
static void
add_psk(const struct word *w)
{
	struct conf_tls *tls = &conf->tls;
	char why[CONF_WHY];

	if (conf->global.tls == CONF_TLS_CERT)
		complain(w->file, w->line, "tls psk: there is a tls ca, write "
		    "only one of the two");
	else if (tls->npsks == CONF_PSKS)
		complain(w->file, w->line, "tls psk: at most %u fit",
		    CONF_PSKS);
	else if (conf_value_psk(w->text, tls->psks[tls->npsks], why) == -1)
		complain(w->file, w->line, "tls psk: %s", why);
	else
		tls->npsks++;
	if (conf->global.tls == CONF_TLS_NONE)
		conf->global.tls = CONF_TLS_PSK;
}

static void
set_certs(const struct word *ca, const struct word *cert,
    const struct word *key)
{
	struct conf_tls *tls = &conf->tls;
	char why[CONF_WHY];

	if (conf->global.tls != CONF_TLS_NONE)
		complain(ca->file, ca->line, "tls ca: there is a tls %s "
		    "already, write only one", conf->global.tls ==
		    CONF_TLS_PSK ? "psk" : "ca");
	else if (conf_value_path(ca->text, tls->ca, why) == -1)
		refuse(ca, "tls ca", why);
	else if (conf_value_path(cert->text, tls->cert, why) == -1)
		refuse(cert, "cert", why);
	else if (conf_value_path(key->text, tls->key, why) == -1)
		refuse(key, "key", why);
	if (conf->global.tls == CONF_TLS_NONE)
		conf->global.tls = CONF_TLS_CERT;
}

static void
start_iface(const struct word *w)
{
	char why[CONF_WHY];

	memset(&iface, 0, sizeof(iface));
	if (conf_value_ifname(w->text, iface.name, why) == -1)
		refuse(w, "interface", why);
}

static void
end_iface(const struct word *w)
{
	if (conf->nifaces == CONF_IFACES)
		complain(w->file, w->line, "interface %.64s: at most %u fit",
		    w->text, CONF_IFACES);
	else if (conf_add_iface(conf, &iface) == -1)
		no_memory();
	else
		remember(RECORD_IFACE, conf->nifaces - 1, w);
}

static void
set_source(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_source(w->text, &iface.source, why) == -1)
		refuse(w, "stations", why);
}

static void
add_port(const struct word *w)
{
	char why[CONF_WHY];

	if (iface.nports == CONF_PORTS)
		complain(w->file, w->line, "stations on %.64s: at most %u fit",
		    w->text, CONF_PORTS);
	else if (conf_value_ifname(w->text, iface.ports[iface.nports],
	    why) == -1)
		refuse(w, "stations on", why);
	else
		iface.nports++;
}

static void
set_lladdr(const struct word *w)
{
	static const struct mac none;
	char why[CONF_WHY];

	if (conf_value_mac(w->text, &iface.lladdr, why) == -1)
		refuse(w, "lladdr", why);
	else if (mac_cmp(&iface.lladdr, &none) == 0)
		refuse(w, "lladdr", "write a unicast address such as "
		    "02:00:5e:00:53:44");
}

static void
set_netmask(const struct word *w)
{
	char why[CONF_WHY];

	if (conf_value_number(w->text, 8, 32, &iface.netmask, why) == -1)
		refuse(w, "netmask", why);
	else if (iface.netmask == 32)
		iface.netmask = 0;
}

static void
set_isolated(const char *text, const struct word *w)
{
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		refuse(w, "isolated", "write yes or no");
	else
		iface.isolated = strcmp(text, "yes") == 0;
}

static void
add_gateway(const struct word *w)
{
	char why[CONF_WHY];

	if (iface.naddrs == CONF_ADDRS)
		complain(w->file, w->line, "address %.64s: at most %u fit",
		    w->text, CONF_ADDRS);
	else if (conf_value_gateway(w->text, &iface.addrs[iface.naddrs],
	    why) == -1)
		refuse(w, "address", why);
	else
		iface.naddrs++;
}

/* A whole file (NULL: standard input) into memory; NULL and errno. */
static char *
read_file(const char *path, size_t *len)
{
	char *text = NULL, *bigger;
	size_t size = 0, n;
	FILE *fp;
	int error;

	*len = 0;
	if ((fp = path == NULL ? stdin : fopen(path, "re")) == NULL)
		return NULL;
	/* There may be a key in it, of which no copy is to stay behind. */
	(void)setvbuf(fp, NULL, _IONBF, 0);
	do {
		size += 65536;
		if (size > FILE_MAX) {
			errno = EFBIG;
			goto fail;
		}
		if ((bigger = recallocarray(text, size - 65536, size, 1)) ==
		    NULL)
			goto fail;
		text = bigger;
		n = fread(text + *len, 1, size - *len, fp);
		*len += n;
	} while (n > 0 && !feof(fp));
	if (ferror(fp))
		goto fail;
	if (fp != stdin)
		fclose(fp);
	return text;
 fail:
	error = errno;
	freezero(text, *len);
	if (fp != stdin)
		fclose(fp);
	errno = error;
	return NULL;
}

static void
push_source(const char *name, const char *text, size_t len, bool included)
{
	struct source *s = pool(sizeof(*s));

	s->name = pool_text(name, strlen(name));
	s->text = text;
	s->len = len;
	s->line = 1;
	s->included = included;
	SLIST_INSERT_HEAD(&sources, s, entry);
}

/* The next character; a backslash joins the next line to this one. */
static int
get(void)
{
	struct source *s = SLIST_FIRST(&sources);
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
	struct source *s = SLIST_FIRST(&sources);

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
	struct source *s = SLIST_FIRST(&sources);
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
		if (lex.depth > (lex.block ? 1 : 0))
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
			begin(NULL, NULL);
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

/* The last line needs no newline.  The first source stays, for its name. */
static int
end_file(void)
{
	if (lex.depth > 0) {
		strlcpy(lex.last, "end of file", sizeof(lex.last));
		return 0;
	}
	if (!lex.fresh)
		return end_line();
	if (SLIST_NEXT(SLIST_FIRST(&sources), entry) == NULL)
		return 0;
	SLIST_REMOVE_HEAD(&sources, entry);
	return yylex();
}

static int
open_brace(void)
{
	if (lex.fresh)
		begin(NULL, NULL);
	if (lex.depth++ == 0) {
		lex.brace_line = lex.line;
		lex.block = lex.statement != NULL && !lex.bad_header &&
		    lex.statement->token == INTERFACE;
	}
	lex.fresh = lex.block && lex.depth == 1;
	strlcpy(lex.last, "\"{\"", sizeof(lex.last));
	return '{';
}

static int
close_brace(void)
{
	/* The last option of a block needs no newline. */
	if (lex.block && lex.depth == 1 && !lex.fresh) {
		unget('}');
		return end_line();
	}
	if (lex.fresh)
		begin(NULL, NULL);
	if (lex.depth > 0)
		lex.depth--;
	if (lex.block && lex.depth == 0) {
		lex.block = lex.in_block = false;
		lex.statement = find_keyword("interface");
	}
	strlcpy(lex.last, "\"}\"", sizeof(lex.last));
	return '}';
}

/* Inside, a backslash takes the meaning from a quote or a backslash. */
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
	return word_token(buf, len, false);
}

static bool
is_bare(int c)
{
	return c > ' ' && c <= '~' && strchr("{},=\"'#$", c) == NULL;
}

/* Values are not searched for macros again, so that none expands for ever. */
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
	complain(SLIST_FIRST(&sources)->name, lex.line, "%s", text);
	if (lex.fresh)
		begin(NULL, NULL);
	lex.failed = true;
	return BAD;
}

static int
word_token(const char *text, size_t len, bool is_quoted)
{
	const struct keyword *k;
	struct word *w = pool(sizeof(*w));

	w->text = pool_text(text, len);
	w->file = SLIST_FIRST(&sources)->name;
	w->line = lex.line;
	k = is_quoted ? NULL : find_keyword(w->text);
	if (lex.fresh)
		begin(w, k != NULL && k->usage != NULL ? k : NULL);
	snprintf(lex.last, sizeof(lex.last), "\"%.48s\"", w->text);
	yylval.word = w;
	return k == NULL ? STRING : k->token;
}

static void
begin(const struct word *first, const struct keyword *statement)
{
	lex.fresh = lex.equals = lex.bad_header = false;
	lex.in_block = lex.block && lex.depth == 1;
	lex.first = first;
	lex.statement = statement;
}

static const struct keyword *
find_keyword(const char *name)
{
	return bsearch(name, keywords, KEYWORDS, sizeof(keywords[0]),
	    cmp_keyword);
}

static int
cmp_keyword(const void *name, const void *k)
{
	return strcmp(name, ((const struct keyword *)k)->name);
}

/* What is wrong, and what would be right where this statement stands. */
static void
yyerror(const char *what)
{
	const struct source *s = SLIST_FIRST(&sources);
	const struct keyword *k = lex.statement;

	if (lex.failed)
		return;
	if (strcmp(what, "syntax error") != 0)
		complain(s->name, lex.line, "%s", what);
	else if (lex.depth > 0 && strcmp(lex.last, "end of file") == 0)
		complain(s->name, lex.line, "end of file, but the { of line "
		    "%d is not closed, write }", lex.brace_line);
	else if (k != NULL && k->option && !lex.in_block)
		complain(s->name, lex.line, "%s: write it inside of "
		    "interface name { }", k->name);
	else if (k != NULL && !k->option && lex.in_block)
		complain(s->name, lex.line, "%s: not an option of an "
		    "interface, write it outside of the block, or address, "
		    "isolated, lladdr, netmask or stations here", k->name);
	else if (k != NULL && k->token == TLS)	/* it may be a key */
		complain(s->name, lex.line, "%s: write: %s", k->name,
		    k->usage);
	else if (k != NULL)
		complain(s->name, lex.line, "%s: unexpected %s, write: %s",
		    k->name, lex.last, k->usage);
	else if (lex.first != NULL && find_keyword(lex.first->text) != NULL)
		complain(s->name, lex.line, "%s: does not begin a statement "
		    "nor name a macro, write another word", lex.first->text);
	else if (lex.first != NULL && lex.equals)
		complain(s->name, lex.line, "macro %.64s: unexpected %s, "
		    "write %.64s = \"value\"", lex.first->text, lex.last,
		    lex.first->text);
	else if (lex.first != NULL)
		unknown_word(s->name, lex.line, lex.first->text);
	else
		complain(s->name, lex.line, "unexpected %s, write a keyword",
		    lex.last);
	if (k != NULL && k->token == INTERFACE) {
		lex.bad_header = true;
		if (lex.depth == 1)
			lex.block = lex.fresh = false;
	}
}

static void
unknown_word(const char *file, int line, const char *text)
{
	const struct keyword *k;
	char all[CONF_WHY] = "";

	if ((k = nearest(text)) != NULL) {
		complain(file, line, "unknown keyword \"%.64s\", did you mean "
		    "\"%s\"?", text, k->name);
		return;
	}
	for (k = keywords; k < keywords + KEYWORDS; k++) {
		if (k->usage == NULL || k->option != lex.in_block)
			continue;
		if (all[0] != '\0')
			strlcat(all, " ", sizeof(all));
		strlcat(all, k->name, sizeof(all));
	}
	complain(file, line, "unknown keyword \"%.64s\", write one of: %s",
	    text, all);
}

/* The keyword that most likely was meant here, or NULL. */
static const struct keyword *
nearest(const char *text)
{
	const struct keyword *k, *best = NULL;
	unsigned int d, best_distance = strlen(text) > 3 ? 3 : 2;

	for (k = keywords; k < keywords + KEYWORDS; k++) {
		if (k->usage == NULL || k->option != lex.in_block)
			continue;
		if ((d = distance(text, k->name)) < best_distance) {
			best_distance = d;
			best = k;
		}
	}
	return best;
}

/* Levenshtein's, row by row; long words are far from everything. */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int row[32], diagonal, above, best;
	size_t i, j, n = strlen(b);

	if (strlen(a) >= sizeof(row) / sizeof(row[0]) ||
	    n >= sizeof(row) / sizeof(row[0]))
		return UINT32_MAX;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; a[i] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (j = 0; j < n; j++) {
			above = row[j + 1];
			best = diagonal + (a[i] != b[j]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = above;
			row[j + 1] = best;
		}
	}
	return row[n];
}
