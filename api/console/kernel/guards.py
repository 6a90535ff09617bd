"""Who may open which screen."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.console.kernel.visit import Visit, staff
from domain.access.keyring import Role

Staff = Annotated[Visit, Depends(staff())]
"""Everybody but machines."""
Operating = Annotated[Visit, Depends(staff(Role.OPERATOR))]
Watching = Annotated[Visit, Depends(staff(Role.OPERATOR, Role.AUDITOR))]
"""Who sees private things of incidents, windows and restorations."""
Reviewing = Annotated[Visit, Depends(staff(Role.REVIEWER))]
Checking = Annotated[Visit, Depends(staff(Role.REVIEWER, Role.AUDITOR))]
"""Who reads held requests."""
QueueStaff = Annotated[Visit, Depends(staff(Role.REVIEWER, Role.AUDITOR, Role.OPERATOR))]
"""Who does something with them: operators assign causes and release claims, though they read none."""
Releasing = Annotated[Visit, Depends(staff(Role.REVIEWER, Role.OPERATOR))]
"""Who changes them."""
Auditing = Annotated[Visit, Depends(staff(Role.AUDITOR))]
Administering = Annotated[Visit, Depends(staff(Role.ADMIN))]
