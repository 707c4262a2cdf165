// Whether the last press reached the element that it was meant for. A page that was loaded anew by the press knows nothing of it.
return window.pressed ?? true;
