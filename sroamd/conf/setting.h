/* SPDX-License-Identifier: ISC */
/* One value of a setting, in the struct of its row. */
#ifndef SROAMD_CONF_SETTING_H
#define SROAMD_CONF_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/field.h"

/* Parse a text; check a value.  0, or -1 and `why` of CONF_WHY octets. */
int		 conf_setting_set(const struct conf_field *, void *at,
		    const char *text, char *why);
int		 conf_setting_check(const struct conf_field *, const void *at,
		    char *why);
/* As a text of the configuration; valid until the next call. */
const char	*conf_setting_text(const struct conf_field *, const void *at);
const char	*conf_number_text(const struct conf_field *, uint32_t);
uint32_t	 conf_setting_number(const struct conf_field *, const void *at);
/* Whether it has no value, and is not written. */
bool		 conf_setting_unset(const struct conf_field *, const void *at);
/* Whether it is written in quotes. */
bool		 conf_setting_is_text(const struct conf_field *);
/* The permitted words: "a, b or c". */
const char	*conf_words_text(const struct conf_word *, const char *comma,
		    const char *last);
#endif
