"""Loading the synthetic city: people, register, money, then applications played through the real verbs."""

from tongbao.demo.actions.load import load as load
