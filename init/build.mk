# SPDX-License-Identifier: MIT
# init, and its configuration beside it.
$(eval $(call component,init,$(addprefix init/,config.c component.c route.c launcher.c main.c)))
$(eval $(call test,config_test,init/test_config.c init/config.c,))
all: $(O)/component/config
$(O)/component/config: init/config
	@mkdir -p $(@D)
	cp $< $@
