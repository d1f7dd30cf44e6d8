/* SPDX-License-Identifier: ISC */
/* The rules that put our table before the main one. */
#ifndef SROAMD_KERNEL_RULE_H
#define SROAMD_KERNEL_RULE_H

struct kernel;

#define RULES_SAID	16	/* of other programs */

int	rule_open(struct kernel *);
void	rule_close(struct kernel *);
/* At start, before rule_set: remove what a killed run has left. */
void	rule_leftovers(struct kernel *);
/* 0, or -1: a family with prefixes has none (logged). */
int	rule_set(struct kernel *);
void	rule_check(struct kernel *);
void	rule_check_soon(struct kernel *);
void	rule_remove(struct kernel *);
#endif
