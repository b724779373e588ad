"""Everybody in docs/personas.md, with their rows."""

from generator.personas.bodies import BODIES
from generator.personas.callers import CALLERS
from generator.personas.drivers import DRIVERS
from generator.personas.enterprises import ENTERPRISES
from generator.personas.people import PEOPLE
from generator.personas.things import THINGS

PERSONAS = (*DRIVERS, *PEOPLE, *ENTERPRISES, *BODIES, *THINGS, *CALLERS)
