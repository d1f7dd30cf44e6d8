/* SPDX-License-Identifier: ISC */
/* The keywords of the configuration, and the errors about them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keyword.h"
#include "conf/setting.h"

#define KEYWORDS_MAX	256

static void			 add(const char *, size_t,
				    const struct conf_token *, unsigned int);
static int			 cmp_keyword(const void *, const void *);
static int			 cmp_name(const void *, const void *);
static unsigned int		 distance(const char *, const char *);
static const struct conf_field	*from_on(const struct conf_field *,
				    unsigned int, const char *);
static const struct conf_field	*next_of(const struct conf_field *,
				    unsigned int, const char *);
static const struct conf_field	*next_group(const struct conf_field *,
				    unsigned int, const char *);
static const char		*value_usage(const struct conf_field *);
static void			 append(char *, size_t, const char *, ...)
				    __attribute__((format(printf, 3, 4)));

/* In the order of names, for bsearch. */
static struct conf_keyword keywords[KEYWORDS_MAX];
static size_t	nkeywords;

void
conf_keywords_init(const struct conf_token *grammar, size_t n)
{
	const struct conf_token *t;
	const struct conf_field *f;
	size_t len;

	if (nkeywords > 0)
		return;
	for (t = grammar; t < grammar + n; t++)
		add(t->name, strlen(t->name), t, t->begins);
	CONF_FIELD_FOREACH(f, CONF_ANYWHERE) {
		len = strcspn(f->name, " ");
		add(f->name, len, NULL, (f->flags & (CONF_OWN |
		    CONF_JOINED)) ? 0 : CONF_IN(f->table));
		if (f->name[len] != '\0')
			add(f->name + len + 1, strlen(f->name) - len - 1,
			    NULL, 0);
	}
	qsort(keywords, nkeywords, sizeof(keywords[0]), cmp_keyword);
}

/* Each keyword once, with all of its meanings. */
static void
add(const char *name, size_t len, const struct conf_token *t,
    unsigned int begins)
{
	struct conf_keyword *k = keywords;

	while (k < keywords + nkeywords && (strlen(k->name) != len ||
	    memcmp(k->name, name, len) != 0))
		k++;
	if (k == keywords + KEYWORDS_MAX)
		return;
	if (k == keywords + nkeywords) {
		nkeywords++;
		snprintf(k->name, sizeof(k->name), "%.*s", (int)len, name);
	}
	if (t != NULL) {
		k->token = t->token;
		k->usage = t->usage;
		k->grammar = t->begins;
	}
	k->begins |= begins;
}

static int
cmp_keyword(const void *a, const void *b)
{
	return cmp_name(((const struct conf_keyword *)a)->name, b);
}

static int
cmp_name(const void *name, const void *k)
{
	return strcmp(name, ((const struct conf_keyword *)k)->name);
}

const struct conf_keyword *
conf_keyword_find(const char *name)
{
	return bsearch(name, keywords, nkeywords, sizeof(keywords[0]),
	    cmp_name);
}

const struct conf_keyword *
conf_keyword_near(const char *text, unsigned int begins)
{
	const struct conf_keyword *k, *best = NULL;
	unsigned int d, best_distance = strlen(text) > 3 ? 3 : 2;

	for (k = keywords; k < keywords + nkeywords; k++) {
		if (!(k->begins & begins))
			continue;
		if ((d = distance(text, k->name)) < best_distance) {
			best_distance = d;
			best = k;
		}
	}
	return best;
}

void
conf_keyword_list(unsigned int begins, const char *comma, const char *last,
    char *text, size_t size)
{
	const struct conf_keyword *k, *before = NULL;

	text[0] = '\0';
	for (k = keywords; k < keywords + nkeywords; k++) {
		if (!(k->begins & begins))
			continue;
		if (before != NULL)
			append(text, size, "%s%s", text[0] == '\0' ? "" :
			    comma, before->name);
		before = k;
	}
	if (before != NULL)
		append(text, size, "%s%s", text[0] == '\0' ? "" : last,
		    before->name);
}

/* Levenshtein distance, row by row; UINT32_MAX if a word is too long. */
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

/* "limit data|peers number, limit x y or limit z" */
void
conf_keyword_usage(const struct conf_keyword *k, unsigned int tables,
    char *text, size_t size)
{
	const char *word = k->name;
	const struct conf_field *f, *end, *g;

	f = from_on(conf_field_first(tables), tables, word);
	if (k->grammar & tables) {
		strlcpy(text, k->usage, size);
		return;
	}
	for (text[0] = '\0'; f != NULL; f = end) {
		end = next_group(f, tables, word);
		if (text[0] != '\0')
			strlcat(text, end == NULL ? " or " : ", ", size);
		strlcat(text, f->name, size);
		for (g = f; (g = next_of(g, tables, word)) != end;) {
			if (strcmp(g->name, f->name) == 0)
				continue;	/* the other family */
			strlcat(text, "|", size);
			strlcat(text, g->name + strlen(word) + 1, size);
		}
		append(text, size, " %s", value_usage(f));
		for (f++; f->flags & CONF_JOINED; f++)
			append(text, size, " [%s %s]", f->name,
			    value_usage(f));
	}
}

/* The next row from f on whose statement begins with the keyword. */
static const struct conf_field *
from_on(const struct conf_field *f, unsigned int tables, const char *word)
{
	for (; f != NULL; f = conf_field_next(f, tables))
		if (!(f->flags & (CONF_JOINED | CONF_HIDDEN)) &&
		    conf_field_is(f, word))
			return f;
	return NULL;
}

static const struct conf_field *
next_of(const struct conf_field *f, unsigned int tables, const char *word)
{
	return from_on(conf_field_next(f, tables), tables, word);
}

/* The next row after those that are described together with f; or NULL. */
static const struct conf_field *
next_group(const struct conf_field *f, unsigned int tables, const char *word)
{
	const struct conf_field *next = f;

	do
		next = next_of(next, tables, word);
	while (next != NULL && (strcmp(next->name, f->name) == 0 ||
	    (next->type == f->type && next->words == f->words)));
	return next;
}

/* A short form, for errors. */
static const char *
value_usage(const struct conf_field *f)
{
	static const char *const usages[] = {
		[CONF_TYPE_ID] = "id",
		[CONF_TYPE_NAME] = "name",
		[CONF_TYPE_PATH] = "\"path\"",
		[CONF_TYPE_DOMAIN] = "\"domain\"",
		[CONF_TYPE_URI] = "\"https://...\"",
		[CONF_TYPE_IFNAME] = "name",
		[CONF_TYPE_NETWORK] = "network",
		[CONF_TYPE_KEY] = "\"text\"",
		[CONF_TYPE_SECONDS] = "time",
		[CONF_TYPE_MS] = "time",
		[CONF_TYPE_NUMBER] = "number",
		[CONF_TYPE_ADDR] = "address",
		[CONF_TYPE_V4] = "address",
		[CONF_TYPE_ROUTER4] = "address|{ list }",
		[CONF_TYPE_ROUTER6] = "address|{ list }",
		[CONF_TYPE_MAC] = "xx:xx:xx:xx:xx:xx",
		[CONF_TYPE_PREFIX] = "address/length",
		[CONF_TYPE_NAT64] = "address/length",
		[CONF_TYPE_GATEWAY] = "address[/length]",
		[CONF_TYPE_ROUTE] = "address/length",
		[CONF_TYPE_RANGE] = "address to address",
		[CONF_TYPE_BOOT] = "\"file\" [arch number]"
	};
	static char text[80];
	const char *none = f->text != NULL && f->none != NULL ? f->none : "";

	snprintf(text, sizeof(text), "%s%s%s%s", none,
	    none[0] == '\0' ? "" : "|", f->words != NULL ?
	    conf_words_text(f->words, "|", "|") : usages[f->type],
	    f->fit > 1 ? "|{ list }" : "");
	return text;
}

static void
append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}
