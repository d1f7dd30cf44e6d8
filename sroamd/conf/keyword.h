/* SPDX-License-Identifier: ISC */
/*
 * The words of the configuration: those of the grammar's own statements, and
 * those that the rows of settings are written with.  The lexer looks them up,
 * and errors say which of them would be right.
 */
#ifndef SROAMD_CONF_KEYWORD_H
#define SROAMD_CONF_KEYWORD_H

#include <stddef.h>

#include "conf/field.h"

#define BEGINS(table)	(1u << (table))	/* a statement of this table */

/* A word of the grammar, and how a statement that begins with it is written. */
struct conf_token {
	const char	*name;
	int		 token;
	const char	*usage;		/* or NULL; "": made of rows */
};

struct conf_keyword {
	char		 name[24];
	int		 token;		/* 0: only in rows */
	const char	*usage;
	unsigned int	 begins;
};

/* Those of the grammar and of the rows; the first time does it all. */
void				 conf_keywords_init(const struct conf_token *,
				    size_t n);
const struct conf_keyword	*conf_keyword_find(const char *);
/* The one that was most likely meant among those that begin one, or NULL. */
const struct conf_keyword	*conf_keyword_near(const char *,
				    unsigned int begins);
/* All that begin one, in order: "a, b or c". */
void				 conf_keyword_list(unsigned int begins,
				    const char *comma, const char *last,
				    char *text, size_t size);
/* How the statements are written that begin with it. */
void				 conf_keyword_usage(const struct conf_keyword *,
				    enum conf_fields, char *text, size_t size);
#endif
