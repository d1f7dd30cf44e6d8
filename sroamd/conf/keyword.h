/* SPDX-License-Identifier: ISC */
/*
 * The keywords of the configuration: those of the grammar, and those in the
 * rows of settings.  The lexer looks them up, and errors propose them.
 */
#ifndef SROAMD_CONF_KEYWORD_H
#define SROAMD_CONF_KEYWORD_H

#include <stddef.h>

#include "conf/field.h"

/*
 * A keyword of the grammar, and the form of a statement that begins with it.
 * Such statements and settings are in tables: CONF_IN of field.h.
 */
struct conf_token {
	const char	*name;
	int		 token;
	unsigned int	 begins;	/* statements in these tables */
	const char	*usage;		/* or NULL */
};

struct conf_keyword {
	char		 name[24];
	int		 token;		/* 0: only in rows */
	const char	*usage;
	unsigned int	 grammar;	/* where usage is a statement's form */
	unsigned int	 begins;	/* the same, and settings */
};

/* Keywords of the grammar and of the rows; the first call sorts them. */
void				 conf_keywords_init(const struct conf_token *,
				    size_t n);
const struct conf_keyword	*conf_keyword_find(const char *);
/*
 * The keyword most like the given word, among those that begin a statement, or
 * NULL.
 */
const struct conf_keyword	*conf_keyword_near(const char *,
				    unsigned int begins);
/* All keywords that begin a statement, in order: "a, b or c". */
void				 conf_keyword_list(unsigned int begins,
				    const char *comma, const char *last,
				    char *text, size_t size);
/* The forms of the statements that begin with the keyword. */
void				 conf_keyword_usage(const struct conf_keyword *,
				    unsigned int tables, char *text,
				    size_t size);
#endif
