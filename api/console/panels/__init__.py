"""The screens of panels, of their restorations, and of the accounts that these recover."""
