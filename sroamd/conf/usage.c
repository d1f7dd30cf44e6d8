/* SPDX-License-Identifier: ISC */
/* How settings are written, in brief, for errors that say what is right. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf/field.h"
#include "conf/setting.h"

static const struct conf_field *next_of(const struct conf_field *,
		    const char *);
static const struct conf_field *next_group(const struct conf_field *,
		    const char *);
static const char *value_usage(const struct conf_field *);
static void	append(char *, size_t, const char *, ...)
		    __attribute__((format(printf, 3, 4)));

/* "limit data|peers number, limit x y or limit z" */
void
conf_field_usage(enum conf_fields which, const char *word, char *text,
    size_t size)
{
	const struct conf_field *f = next_of(conf_fields(which), word);
	const struct conf_field *end, *g;

	for (text[0] = '\0'; f != NULL; f = end) {
		end = next_group(f, word);
		if (text[0] != '\0')
			strlcat(text, end == NULL ? " or " : ", ", size);
		strlcat(text, f->name, size);
		for (g = f; (g = next_of(g + 1, word)) != end;) {
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

/* The next row from f on whose statement begins with the word. */
static const struct conf_field *
next_of(const struct conf_field *f, const char *word)
{
	for (; f->name != NULL; f++)
		if (!(f->flags & (CONF_JOINED | CONF_HIDDEN)) &&
		    conf_field_is(f, word))
			return f;
	return NULL;
}

/* The next one after those that are said together with f; or NULL. */
static const struct conf_field *
next_group(const struct conf_field *f, const char *word)
{
	const struct conf_field *next = f;

	do
		next = next_of(next + 1, word);
	while (next != NULL && (strcmp(next->name, f->name) == 0 ||
	    (next->type == f->type && next->words == f->words)));
	return next;
}

/* What is written in brief, for errors. */
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
		[CONF_TYPE_RANGE] = "address to address"
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
