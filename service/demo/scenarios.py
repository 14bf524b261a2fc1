"""All scenarios, in the order in which they are entered."""

from typing import Final

from service.demo.august import requests_of_august
from service.demo.desk import desk_of_october
from service.demo.interventions import interventions
from service.demo.stories import Scenario
from service.demo.taiwan import taiwan

DESK: Final = Scenario("a day at the desk", "invented, October 2022", desk_of_october)
AUGUST: Final = Scenario("137 requests", "press report of 9 September 2022 (A01, A02)", requests_of_august)
TAIWAN: Final = Scenario("Taiwan's nationals", "press report of late September 2022 (A12-A16)", taiwan)
INTERVENTIONS: Final = Scenario("104 cases", "clarification of 9 September 2022 (A17-A20)", interventions)

PUBLISHED: Final = (AUGUST, TAIWAN, INTERVENTIONS)
ALL: Final = (DESK, *PUBLISHED)
